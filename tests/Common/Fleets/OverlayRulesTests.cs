using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Fleets;

/// <summary>The rules of <c>flyte.install: kustomize</c>.</summary>
[TestFixture]
public sealed class OverlayRulesTests
{
    private const string Kustomize = "  install: kustomize\n  overlays: {dataPlane: ., controlPlane: .}";

    private static readonly (string Name, string Content) Beside = ("kustomization.yaml", "resources: []\n");

    [Test]
    public void A_fleet_with_overlays_needs_no_chart()
    {
        var fleet = FleetText.Read(FleetText.With(FleetText.Chart, Kustomize), Beside).Fleet!;

        Assert.That(fleet.Flyte.Overlays!.DataPlane, Is.EqualTo(Path.GetDirectoryName(fleet.Path)));
        Assert.That(
            (fleet.Flyte.Chart.Path, fleet.Flyte.Chart.Repository, fleet.DataPlanes[0].Overlay),
            Is.EqualTo(((string?)null, (string?)null, (string?)null))
        );
    }

    [Test]
    public void A_data_plane_may_have_an_overlay_of_its_own()
    {
        var text = FleetText.With(FleetText.Chart, Kustomize).Replace("context: dataplane1}", "context: dataplane1, overlay: .}", StringComparison.Ordinal);

        Assert.That(FleetText.Read(text, Beside).Fleet!.DataPlanes[0].Overlay, Is.Not.Null);
    }

    [TestCase(FleetText.Chart, FleetText.Chart + "\n" + Kustomize, "2:10 'chart' is for Helm")]
    [TestCase(FleetText.Chart, Kustomize + "\n  values: []", "4:11 'values' is for Helm")]
    [TestCase("context: controlplane", "context: controlplane\n  release: flyte", "7:12 'release' is for Helm")]
    [TestCase(FleetText.Chart, "  install: kustomize", "2:3 flyte has no 'overlays'.")]
    [TestCase(FleetText.Chart, "  install: kustomize\n  overlays: {dataPlane: .}", "3:13 flyte.overlays has no 'controlPlane'.")]
    [TestCase(FleetText.Chart, "  install: kustomize\n  overlays: {dataPlane: ., controlPlane: ./none}", "The overlay './none' holds no kustomization.yaml.")]
    [TestCase(FleetText.Chart, FleetText.Chart + "\n  install: kubectl", "3:12 flyte.install cannot be 'kubectl'.")]
    [TestCase(FleetText.Chart, FleetText.Chart + "\n  managedBy: argo", "3:14 flyte.managedBy cannot be 'argo'.")]
    [TestCase(FleetText.Chart, Kustomize + "\n  managedBy: gitops", "cannot be managed by GitOps yet")]
    [TestCase(FleetText.Chart, FleetText.Chart + "\n  overlays: {dataPlane: ., controlPlane: .}", "Overlays are for kustomize")]
    [TestCase("context: dataplane1}", "context: dataplane1, overlay: .}", "An overlay is for kustomize")]
    public void What_does_not_fit_is_reported(string part, string replacement, string problem)
    {
        var text = FleetText.With(part, replacement);
        if (part.StartsWith("context: c", StringComparison.Ordinal))
            text = text.Replace(FleetText.Chart, Kustomize, StringComparison.Ordinal);

        Assert.That(FleetText.ProblemsOf(text, Beside), Has.Some.Contains(problem));
    }
}
