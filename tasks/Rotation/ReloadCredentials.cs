using Cake.Frosting;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.ControlPlanes;

namespace Flyte.MultiCluster.Tasks.Rotation;

/// <summary>flyteadmin and syncresources read credentials once, at start: they are restarted one by one, until no pod has read an old token.</summary>
/// <param name="values">Reads YAML as Helm does.</param>
/// <param name="rollout">Waits for Deployments.</param>
[TaskName(nameof(ReloadCredentials))]
[TaskDescription("Restart flyteadmin and syncresources one by one, and wait until no pod that has read an old token is left")]
[IsDependentOn(typeof(StoreReplacementCredentials))]
[UsesFleet(Alone = AloneChecks.Contexts)]
public sealed class ReloadCredentials(IHelmValues values, ClusterRollout rollout) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context) =>
        RotationStage.RunAsync(
            context,
            nameof(ReloadCredentials),
            async (_, cancellationToken) =>
            {
                var consumers = new CredentialConsumers(context, values);
                await consumers.LookAsync(cancellationToken);
                await consumers.ReloadAsync(
                    () => Task.FromResult(ForeseenPods.Same),
                    cancellationToken,
                    deployment => ReplacedAsync(context, deployment, cancellationToken)
                );
                if (!context.Gate.IsOpen)
                    return StageResult.Unknown("the pods");

                // A run that was killed may have restarted both and seen neither.
                foreach (var deployment in CredentialDeployments.Names)
                    await ReplacedAsync(context, deployment, cancellationToken);
                return StageResult.Done;
            }
        );

    private async Task ReplacedAsync(FlyteContext context, string deployment, CancellationToken cancellationToken)
    {
        var control = context.Run.ControlPlane;
        await rollout
            .Of(context.Run, control, control.Release, one => one.Metadata.Name == deployment)
            .UntilAvailableAsync(context.Options.Timeout, cancellationToken);
        await ReplacedFlyteAdmin.RequireGoneAsync(
            context,
            deployment,
            $"of {deployment} has read an old token and is still there beyond its grace period, so the old tokens stay valid",
            cancellationToken
        );
    }
}
