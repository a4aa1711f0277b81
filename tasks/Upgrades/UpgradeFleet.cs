using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Upgrades;

/// <summary>Another version of the chart for a fleet at work: the control plane first, then data planes in batches, each verified before the next.</summary>
[TaskName(nameof(UpgradeFleet))]
[TaskDescription("Upgrade a fleet at work to the fleet file's chart version: the control plane, then data planes in batches, each verified before the next")]
[IsDependentOn(typeof(UpgradeDataPlaneCharts))]
[UsesFleet(Upgrades = true)]
public sealed class UpgradeFleet : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Gate.IsOpen ? FleetVersions.NoteAsync(context, context.Cancellation) : Task.CompletedTask;
    }
}
