using Cake.Frosting;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Credentials;

namespace Flyte.MultiCluster.Tasks.Rotation;

/// <summary>Stores the proven new credentials in the control plane; the old ones go on working.</summary>
[TaskName(nameof(StoreReplacementCredentials))]
[TaskDescription("Store the new credentials in the control plane's Secret cluster-credentials; the old tokens stay valid")]
[IsDependentOn(typeof(CreateReplacementToken))]
[UsesFleet(Alone = AloneChecks.Contexts)]
public sealed class StoreReplacementCredentials : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context) =>
        RotationStage.RunAsync(
            context,
            nameof(StoreReplacementCredentials),
            async (planes, cancellationToken) =>
            {
                var stored = await new CredentialStorage(context, nameof(StoreReplacementCredentials)).StoreAsync(planes, cancellationToken);
                return stored > 0 ? StageResult.Done : StageResult.Skipped($"Secret {CredentialsSecret.Name} holds them");
            }
        );
}
