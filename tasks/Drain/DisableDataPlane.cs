using Cake.Frosting;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Drain;

/// <summary>No new executions: disabled in <c>clusterConfigs</c>, its weights in labels moved. What runs there goes on.</summary>
/// <param name="drained">Upgrades the control plane.</param>
[TaskName(nameof(DisableDataPlane))]
[TaskDescription("Disable the data planes in clusterConfigs and move their weights in labels; running executions go on")]
[IsDependentOn(typeof(CheckDrain))]
[UsesFleet(Drains = true, Alone = AloneChecks.Tools | AloneChecks.Contexts)]
public sealed class DisableDataPlane(DrainedControlPlane drained) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context) =>
        context.ForControlPlaneAsync(
            nameof(DisableDataPlane),
            async (_, cancellationToken) =>
            {
                var names = context.Run.Drain!.Names;
                var recorded = await new DrainRecord(context.Run).AddAsync(names, isRemoved: false, context.Gate, cancellationToken);
                return await drained.UpgradeAsync(context, cancellationToken) || recorded
                    ? StageResult.Done
                    : StageResult.Skipped($"{string.Join(", ", names)} {(names.Count == 1 ? "is" : "are")} disabled");
            }
        );
}
