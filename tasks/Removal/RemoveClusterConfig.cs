using Cake.Frosting;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.Drain;

namespace Flyte.MultiCluster.Tasks.Removal;

/// <summary>Out of <c>clusterConfigs</c> first: flyteadmin does not start without the credential of a cluster that it has.</summary>
/// <param name="drained">Upgrades the control plane.</param>
/// <param name="values">Reads YAML as Helm does.</param>
[TaskName(nameof(RemoveClusterConfig))]
[TaskDescription("Remove the data planes from clusterConfigs and all labels, and wait for flyteadmin's rollout")]
[IsDependentOn(typeof(CheckRemoval))]
[UsesFleet(Drains = true, Removes = true, Alone = AloneChecks.Tools | AloneChecks.Contexts)]
public sealed class RemoveClusterConfig(DrainedControlPlane drained, IHelmValues values) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context) =>
        context.ForControlPlaneAsync(
            nameof(RemoveClusterConfig),
            async (_, cancellationToken) =>
            {
                var (names, record) = (context.Run.Drain!.Names, new DrainRecord(context.Run));
                var changed = await record.AddAsync(names, isRemoved: false, context.Gate, cancellationToken);
                await RefuseAtWorkAsync(context, cancellationToken);
                changed |= await drained.UpgradeAsync(context, cancellationToken);
                changed |= await record.AddAsync(names, isRemoved: true, context.Gate, cancellationToken);
                return changed ? StageResult.Done : StageResult.Skipped($"clusterConfigs does not have {string.Join(", ", names)}");
            }
        );

    // Another operator may have put one back to work since the checks; the stage begins again where one has held the Lease since.
    private async Task RefuseAtWorkAsync(FlyteContext context, CancellationToken cancellationToken)
    {
        var loaded = await new LoadedClusterConfigs(context.Run, values).ReadAsync(cancellationToken);
        foreach (var plane in context.Run.Active)
        {
            if (loaded?.Clusters.FirstOrDefault(entry => entry.Name == plane.Name) is not { } entry)
                continue;
            var left = entry.Enabled ? [] : await new UnfinishedExecutions(context.Run.FlyteAdmin!, plane).ListAsync(cancellationToken);
            if (entry.Enabled || left.Count > 0)
                throw new InvalidOperationException(
                    $"{plane.Name} is at work again: "
                        + (entry.Enabled ? "somebody has enabled it" : $"it has {UnfinishedExecutions.Describe(left, plane.Api.Time.GetUtcNow())}")
                        + $". Drain it: {SuggestedCommand.Target(nameof(DrainDataPlane), context.Options)}"
                );
        }
    }
}
