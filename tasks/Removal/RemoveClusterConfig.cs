using Cake.Frosting;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Drain;

namespace Flyte.MultiCluster.Tasks.Removal;

/// <summary>Out of <c>clusterConfigs</c> first: flyteadmin does not start without the credential of a cluster that it has.</summary>
/// <param name="drained">Upgrades the control plane.</param>
[TaskName(nameof(RemoveClusterConfig))]
[TaskDescription("Remove the data planes from clusterConfigs and all labels, and wait for flyteadmin's rollout")]
[IsDependentOn(typeof(CheckRemoval))]
[UsesFleet(Drains = true, Removes = true, Alone = AloneChecks.Tools | AloneChecks.Contexts)]
public sealed class RemoveClusterConfig(DrainedControlPlane drained) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context) =>
        context.ForControlPlaneAsync(
            nameof(RemoveClusterConfig),
            async (_, cancellationToken) =>
            {
                var names = context.Run.Drain!.Names;
                var recorded = await new DrainRecord(context.Run).AddAsync(names, isRemoved: true, context.Gate, cancellationToken);
                return await drained.UpgradeAsync(context, cancellationToken) || recorded
                    ? StageResult.Done
                    : StageResult.Skipped($"clusterConfigs does not have {string.Join(", ", names)}");
            }
        );
}
