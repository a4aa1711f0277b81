using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Common.Flyte;

/// <summary>The FlyteWorkflow CRD in a Helm release: the chart's flytepropeller brings it, and without it Helm deletes it with every workflow object.</summary>
/// <param name="context">The run.</param>
/// <param name="cluster">The release's cluster.</param>
public sealed class WorkflowDefinition(FlyteContext context, ClusterRun cluster)
{
    private const string Name = "flyteworkflows.flyte.lyft.com";

    /// <summary>What is wrong with an upgrade that deletes it.</summary>
    /// <param name="live">The live release.</param>
    /// <param name="wanted">The values that it would get.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The problem; null where nothing is lost, or that was accepted.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<Problem?> LostAsync(HelmRelease live, JsonObject wanted, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(live);

        // Helm deletes what the deployed revision has and the new one has not.
        if (RendersIt(wanted) || !IsIn(live.Deployed ?? live))
            return null;
        var workflows = await cluster.Api.ListMetadataAsync(UnfinishedWorkflows.Path, cancellationToken);
        if (workflows.Count == 0 || context.Options.AcceptCrdDeletion)
            return null;
        var isData = cluster is DataPlaneRun;
        return new Problem(
            isData ? cluster.Name : $"release {live.Name}",
            $"The upgrade {(isData ? $"of release {live.Name} " : string.Empty)}switches flytepropeller off here and so deletes the FlyteWorkflow CRD "
                + $"with all {workflows.Count} workflow objects.",
            isData
                ? "Remove flytepropeller.enabled: false, or createCRDs: false, from the data plane's values files; wait until the workflows are done; "
                    + "or give --accept-crd-deletion."
                : "Set controlPlane.runsWorkflows: true to keep running workflows here, wait until they are done, or give --accept-crd-deletion.");
    }

    private bool IsIn(HelmRelease release)
        => ManifestObjects.OfKind(release.Manifest, "CustomResourceDefinition", context.Values).Any(found => (string?)found["metadata"]?["name"] == Name);

    private bool RendersIt(JsonObject wanted)
        => context.Run.Chart.IsOn(wanted, "flytepropeller", "enabled") && context.Run.Chart.IsOn(wanted, "flytepropeller", "createCRDs");
}
