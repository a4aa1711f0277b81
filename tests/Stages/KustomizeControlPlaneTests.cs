using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>A control plane of the kustomize form that runs workflows itself.</summary>
internal sealed class KustomizeControlPlaneTests : StageTests
{
    private const string Labels = "{label1: [{id: dataplane_1, weight: 1}], own: [{id: controlplane, weight: 1}]}";

    [Test]
    public async Task With_flytepropeller_in_its_overlay_it_gets_an_entry_of_its_own()
    {
        var overlays = new KustomizeFleet(Bed);
        foreach (var file in new[] { "flytepropeller.yaml", "flyte-pod-webhook.yaml", "flyteworkflows-crd.yaml" })
        {
            File.Copy(overlays[$"dataplane/{file}"], overlays[$"controlplane/{file}"]);
            await File.AppendAllTextAsync(overlays["controlplane/kustomization.yaml"], $"  - {file}\n");
        }

        var fleet = Fleet(overlays);
        (await Bed.RunAsync($"--fleet={fleet}")).Expect(0);

        Assert.That(
            (string?)(await ControlPlane.FlyteAsync("configmaps", "flyte-admin-clusters-config"))?["data"]?["clusters.yaml"],
            Does.Contain("inCluster: true").And.Contain("name: controlplane").And.Contain("own:")
        );
        Assert.That(
            (await ControlPlane.FlyteAsync("deployments", "flytepropeller"))?["spec"]?["template"]?["spec"]?["containers"]?[0]?["command"]?.ToJsonString(),
            Does.Not.Contain("--propeller.cluster-id"),
            "Its executions from before have no cluster."
        );
        Assert.That((await Bed.RunAsync($"--fleet={fleet}")).Expect(0).Changes, Is.Empty);
        (await Bed.RunAsync($"--fleet={fleet}", "--target=Verify")).Expect(0);
    }

    [Test]
    public async Task Without_flytepropeller_in_its_overlay_it_is_refused_before_any_write()
    {
        var overlays = new KustomizeFleet(Bed);
        var writes = await Bed.WritesAsync();

        var refused = (await Bed.RunAsync($"--fleet={Fleet(overlays)}")).Expect(ExitCode.Refused);

        Assert.That(
            (string?)refused.Report["problems"]!.AsArray().Single()!["what"],
            Does.StartWith("The control plane runs workflows, and it holds no Deployment flytepropeller")
        );
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
    }

    private string Fleet(KustomizeFleet overlays) => overlays.Write(Bed.Plane(1), Labels, "{name: controlplane, context: controlplane, runsWorkflows: true}");
}
