using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.Prerequisites;
using Flyte.MultiCluster.Tasks.Prerequisites.Chart;

namespace Flyte.MultiCluster.Tasks.Upgrades;

/// <summary>Before the first write: which clusters have which version, whether the step is too large, and which values the new chart does not know.</summary>
/// <param name="values">Reads and merges values as Helm does.</param>
[TaskName(nameof(CheckUpgrade))]
[TaskDescription("Check, before any write, which versions of the chart are at work and that the step to the fleet's is not too large")]
[IsDependentOn(typeof(CheckClusters))]
[IsDependentOn(typeof(CheckFlyteAdmin))]
[IsDependentOn(typeof(FetchChart))]
[UsesFleet(Upgrades = true, Alone = AloneChecks.Contexts)]
public sealed class CheckUpgrade(IHelmValues values) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var check = new VersionCheck(context, values);
        check.RefuseOverlays();
        await Task.WhenAll(
            context.ForControlPlaneAsync(nameof(CheckUpgrade), check.ControlPlaneAsync),
            context.ForEachDataPlaneAsync(nameof(CheckUpgrade), check.DataPlaneAsync)
        );
        check.Refuse();
    }
}
