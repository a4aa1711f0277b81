using Cake.Frosting;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Prerequisites;

/// <summary>Every cluster is reachable, is the one that is meant, and lets us do what must be done. All of them before any write.</summary>
/// <param name="overlays">The rendered overlays.</param>
[TaskName(nameof(CheckClusters))]
[TaskDescription("Check reachability, identity, permissions and Helm releases of all clusters, before any write")]
[IsDependentOn(typeof(CheckTools))]
[UsesFleet]
public sealed class CheckClusters(RenderedOverlays overlays) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var check = new FleetCheck(context, overlays);
        await check.ContextsAsync(context.Cancellation);
        await Task.WhenAll(
            context.ForControlPlaneAsync(nameof(CheckClusters), check.ControlPlaneAsync),
            context.ForEachDataPlaneAsync(nameof(CheckClusters), check.DataPlaneAsync));
        check.RefuseProblems();
    }
}
