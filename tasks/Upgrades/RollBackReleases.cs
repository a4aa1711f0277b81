using Cake.Frosting;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.ControlPlanes;

namespace Flyte.MultiCluster.Tasks.Upgrades;

/// <summary><c>helm rollback</c>: the data planes first, so that none is ever newer than the control plane, which waits until all of them are done.</summary>
/// <param name="values">Reads and merges values as Helm does.</param>
/// <param name="rollback">Rolls releases back.</param>
/// <param name="ready">Waits for Deployments.</param>
[TaskName(nameof(RollBackReleases))]
[TaskDescription("Roll the releases back, data planes first, and wait for their Deployments")]
[IsDependentOn(typeof(CheckRollback))]
[UsesFleet(RollsBack = true, Alone = AloneChecks.Tools | AloneChecks.Contexts)]
public sealed class RollBackReleases(IHelmValues values, ReleaseRollback rollback, ReadyControlPlane ready) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        await context.ForEachDataPlaneAsync(nameof(RollBackReleases), (plane, cancellationToken) => RollBackAsync(context, plane, cancellationToken));
        if (!context.Run.IsControlPlaneChosen)
            return;
        if (context.Run.DataPlanes.Any(plane => (plane.Failure ?? plane.LeftOutReason) is not null))
        {
            context.Journal.Add($"{context.Run.ControlPlane.Name} was not rolled back, as a data plane failed: none may be newer than the control plane.");
            return;
        }

        await context.ForControlPlaneAsync(nameof(RollBackReleases), (control, cancellationToken) => RollBackAsync(context, control, cancellationToken));
    }

    private async Task<StageResult> RollBackAsync(FlyteContext context, ClusterRun cluster, CancellationToken cancellationToken)
    {
        // Another run may have made a revision since the check, and joined a cluster with it.
        var check = new RollbackCheck(context, values, rollback);
        await check.LookAsync(cluster, cancellationToken);
        check.Refuse();
        var found = cluster.State.Of<RollbackTarget>();
        var live = found.Live!;
        if (found.Revision is { } target)
            await rollback.RunAsync(context.Run, cluster, live, target, cancellationToken);
        if (context.Gate.IsOpen)
            await ready.UntilReadyAsync(context, cluster, cancellationToken);

        return found.Revision is null
            ? StageResult.Skipped(
                $"release {live.Name} is what --to={context.Options.To} names (revision {live.Revision}, {live.ChartName} {live.ChartVersion})"
            )
            : StageResult.Done;
    }
}
