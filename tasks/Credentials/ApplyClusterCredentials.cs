using Cake.Frosting;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Credentials;

/// <summary>Runbook: <c>kubectl apply -f secrets.yaml</c> in the control plane; here each data plane's two entries alone.</summary>
[TaskName(nameof(ApplyClusterCredentials))]
[TaskDescription("Store the tested credentials in the control plane's Secret cluster-credentials")]
[IsDependentOn(typeof(CollectCredentials))]
[UsesFleet(Alone = AloneChecks.Contexts)]
public sealed class ApplyClusterCredentials : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        await CollectedCredentials.EnsureAsync(context);
        await context.ForControlPlaneAsync(
            nameof(ApplyClusterCredentials),
            async (_, cancellationToken) =>
            {
                var stored = await new CredentialStorage(context, nameof(ApplyClusterCredentials)).StoreAsync([.. context.Run.Active], cancellationToken);
                return stored == 0
                    ? StageResult.Skipped(
                        $"Secret {CredentialsSecret.Name} holds "
                            + $"{(context.Run.Active.Count() is 1 ? "the credential" : $"all {context.Run.Active.Count()} credentials")}"
                    )
                    : StageResult.Done;
            }
        );
    }
}
