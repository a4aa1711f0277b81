using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Checks;

namespace Flyte.MultiCluster.Tasks.Prerequisites;

/// <summary>Every cluster is reachable, is the one that is meant, and lets us do what must be done. All of them before any write.</summary>
/// <param name="services">What the checks look with.</param>
[TaskName(nameof(CheckClusters))]
[TaskDescription("Check reachability, identity, permissions and Helm releases of all clusters, before any write")]
[IsDependentOn(typeof(CheckTools))]
[UsesFleet]
public sealed class CheckClusters(CheckServices services) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var check = new FleetCheck(context, services);
        await check.ContextsAsync();
        await Task.WhenAll(
            context.ForControlPlaneAsync(nameof(CheckClusters), check.ControlPlaneAsync),
            context.ForEachDataPlaneAsync(nameof(CheckClusters), check.DataPlaneAsync)
        );
        await check.RefuseProblemsAsync(context.Cancellation);
    }
}
