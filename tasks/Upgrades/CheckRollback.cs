using Cake.Frosting;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.Prerequisites;

namespace Flyte.MultiCluster.Tasks.Upgrades;

/// <summary>Before the first write: is the revision there, and would going back to it lose clusters, labels, workflow objects or executions?</summary>
/// <param name="values">Reads and merges values as Helm does.</param>
/// <param name="rollback">Compares revisions.</param>
[TaskName(nameof(CheckRollback))]
[TaskDescription("Check, before any write, that the revisions of --to are there and that going back to them loses nothing")]
[IsDependentOn(typeof(CheckClusters))]
[UsesFleet(RollsBack = true, Alone = AloneChecks.Contexts)]
public sealed class CheckRollback(IHelmValues values, ReleaseRollback rollback) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var check = new RollbackCheck(context, values, rollback);
        check.RefuseOverlays();
        await Task.WhenAll(
            context.Run.IsControlPlaneChosen
                ? context.ForControlPlaneAsync(nameof(CheckRollback), (control, cancellationToken) => check.LookAsync(control, cancellationToken))
                : Task.CompletedTask,
            context.ForEachDataPlaneAsync(nameof(CheckRollback), (plane, cancellationToken) => check.LookAsync(plane, cancellationToken))
        );
        check.Refuse();
    }
}
