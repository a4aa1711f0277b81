using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Flyte;

/// <summary>The FlyteWorkflow CRD in a Helm release: the chart's flytepropeller brings it, and without it Helm deletes it with every workflow object.</summary>
/// <param name="run">The run.</param>
/// <param name="cluster">The release's cluster.</param>
/// <param name="values">Reads YAML as Helm does.</param>
public sealed class WorkflowDefinition(FleetRun run, ClusterRun cluster, IHelmValues values)
{
    private const string Name = "flyteworkflows.flyte.lyft.com";

    /// <summary>What is wrong with an upgrade that deletes it.</summary>
    /// <param name="live">The live release.</param>
    /// <param name="wanted">The values that it would get.</param>
    /// <param name="isAccepted">Whether the deletion was accepted, <c>--accept-crd-deletion</c>.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The problem; null where nothing is lost, or that was accepted.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<Problem?> LostAsync(HelmRelease live, JsonObject wanted, bool isAccepted, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(live);

        // Helm deletes what the deployed revision has and the new one has not.
        if (RendersIt(wanted) || !IsIn(live.Deployed ?? live))
            return null;
        var workflows = await cluster.Api.ListMetadataAsync(UnfinishedWorkflows.Path, cancellationToken);
        if (workflows.Count == 0 || isAccepted)
            return null;
        var isData = cluster is DataPlaneRun;
        return new Problem(
            isData ? cluster.Name : $"release {live.Name}",
            $"The upgrade {(isData ? $"of release {live.Name} " : string.Empty)}switches flytepropeller off here, which deletes the FlyteWorkflow CRD "
                + $"and all {workflows.Count} workflow objects.",
            isData
                ? "Remove flytepropeller.enabled: false, or createCRDs: false, from the data plane's values files; wait until the workflows are done; "
                    + "or give --accept-crd-deletion."
                : "Set controlPlane.runsWorkflows: true to keep running workflows here, wait until they are done, or give --accept-crd-deletion."
        );
    }

    /// <summary>How many workflow objects go with it where a release goes to a revision without.</summary>
    /// <param name="live">The revision that is at work.</param>
    /// <param name="target">The other one.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>Their number; 0 where it stays.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<int> DeletedAsync(HelmRelease live, HelmRelease target, CancellationToken cancellationToken) =>
        IsIn(live) && !IsIn(target) ? (await cluster.Api.ListMetadataAsync(UnfinishedWorkflows.Path, cancellationToken)).Count : 0;

    private bool IsIn(HelmRelease release) => ManifestObjects.Definitions(release, values).Any(found => (string?)found["metadata"]?["name"] == Name);

    private bool RendersIt(JsonObject wanted) => run.Chart.IsOn(wanted, "flytepropeller", "enabled") && run.Chart.IsOn(wanted, "flytepropeller", "createCRDs");
}
