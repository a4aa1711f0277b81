using System.Text.Json.Nodes;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Identities;
using Flyte.MultiCluster.Kubernetes;
using Flyte.MultiCluster.Problems;
using Flyte.MultiCluster.Releases;
using Flyte.MultiCluster.ValuesOverrides;

namespace Flyte.MultiCluster.ControlPlanes;

/// <summary>What an upgrade of the control plane would destroy: values that only the live release has, other fleets' roles, and FlyteWorkflow objects.</summary>
/// <param name="context">The run.</param>
/// <param name="file">The override of the upgrade; null for none.</param>
public sealed class UpgradeCheck(FlyteContext context, OverrideFile? file = null)
{
    /// <summary>Refuses the upgrade unless the loss was accepted.</summary>
    /// <param name="live">The live release.</param>
    /// <param name="wanted">The values that it would get.</param>
    /// <param name="cancellationToken">Ends the requests.</param>
    /// <exception cref="RefusedException">Something would be lost.</exception>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task RefuseLossAsync(HelmRelease live, JsonObject wanted, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(live);
        Problem?[] problems = [LostValues(live, wanted), Displaced(live), await LostWorkflowsAsync(live, wanted, cancellationToken)];
        if (problems.Any(problem => problem is not null))
            throw new RefusedException([.. problems.OfType<Problem>()]);
    }

    private Problem? LostValues(HelmRelease live, JsonObject wanted)
    {
        string[] lost =
        [
            .. new[] { live, live.Deployed }.OfType<HelmRelease>()
                .SelectMany(revision => context.Values.Lost(revision.Config, wanted).Where(path => !IdentityValues.IsOwn(path)).Concat(file?.Lost(revision, wanted) ?? []))
                .Distinct(StringComparer.Ordinal),
        ];
        if (lost.Length == 0)
            return null;
        var list = string.Join(", ", lost);
        if (context.Options.AcceptValueLoss)
        {
            context.Journal.Add($"Values of release {live.Name} revision {live.Revision} that are set nowhere else go, as accepted: {list}.");
            return null;
        }

        return new Problem(
            $"release {live.Name}",
            $"Its revision {live.Revision} sets values that neither the base values nor the fleet have; an upgrade would lose them: {list}.",
            $"Put them in a values file of the fleet ({context.Run.ControlPlane.Helm($"get values {live.Name} -n {context.Run.Namespace}")} shows them), or give --accept-value-loss.");
    }

    private Problem? Displaced(HelmRelease live)
    {
        if (file?.Displaced((live.Deployed ?? live).Config) is not { } displaced)
            return null;
        if (context.Options.AcceptValueLoss)
        {
            context.Journal.Add($"Release {live.Name}: {displaced} That was accepted.");
            return null;
        }

        return new Problem($"release {live.Name}", displaced, "Name the same roles in all fleets of this control plane (cloud: controlPlane and workers; with two roles dataPlane), or give --accept-value-loss.");
    }

    private async Task<Problem?> LostWorkflowsAsync(HelmRelease live, JsonObject wanted, CancellationToken cancellationToken)
    {
        // Helm deletes what the deployed revision has and the new one has not.
        var has = ManifestObjects.Parse((live.Deployed ?? live).Manifest, context.Values).Any(IsWorkflowDefinition);
        if (!has || RendersDefinition(wanted))
            return null;
        var workflows = await context.Run.ControlPlane.Api.ListMetadataAsync("/apis/flyte.lyft.com/v1alpha1/flyteworkflows", cancellationToken);
        if (workflows.Count == 0 || context.Options.AcceptCrdDeletion)
            return null;
        return new Problem(
            $"release {live.Name}",
            $"The upgrade switches flytepropeller off here and so deletes the FlyteWorkflow CRD with all {workflows.Count} workflow objects.",
            "Set controlPlane.runsWorkflows: true to keep running workflows here, wait until they are done, or give --accept-crd-deletion.");
    }

    private static bool IsWorkflowDefinition(JsonObject manifest)
        => (string?)manifest["kind"] == "CustomResourceDefinition" && (string?)manifest["metadata"]?["name"] == "flyteworkflows.flyte.lyft.com";

    private bool RendersDefinition(JsonObject wanted)
        => context.Run.Chart.IsOn(wanted, "flytepropeller", "enabled") && context.Run.Chart.IsOn(wanted, "flytepropeller", "createCRDs");
}
