using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Upgrades;

/// <summary>Takes releases back to a revision that was at work before.</summary>
[TaskName(nameof(Rollback))]
[TaskDescription("Roll the Helm releases of --cluster, or of --all, back to the revision, or the chart version, of --to")]
[IsDependentOn(typeof(RollBackReleases))]
[UsesFleet(RollsBack = true)]
public sealed class Rollback : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!context.Gate.IsOpen || context.Gate.Changes.Count == 0)
            return;
        await FleetVersions.NoteAsync(context, context.Cancellation);
        var chart = context.Run.Fleet.Flyte.Chart;
        context.Journal.Add(
            $"{context.Run.Fleet.Path} names chart {chart.Path ?? $"{chart.Name} {chart.Version}"}: write the version that is at work there, as "
                + $"{nameof(UpgradeFleet)} would upgrade again."
        );
    }
}
