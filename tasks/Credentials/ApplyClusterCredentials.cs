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
            async (control, cancellationToken) =>
            {
                var exists = await FlyteNamespace.EnsureAsync(context.Run, control, context.Gate, cancellationToken);
                var secret = new CredentialsSecret(context.Run);
                var live = exists ? await secret.ReadAsync(cancellationToken) : null;
                secret.CheckSize(live, context.Journal);
                var stale = context.Run.Active.Where(plane => !CredentialsSecret.Holds(live, plane)).ToArray();

                // The first one creates the Secret; after that each is a field manager of its own, in any order.
                var rest = stale.AsEnumerable();
                if (live is null && stale.Length > 0)
                    (live, rest) = (await secret.ApplyAsync(null, stale[0], context.Gate, cancellationToken), stale.Skip(1));
                foreach (var plane in stale)
                    plane.IsNewlyStored = true;
                await Task.WhenAll(rest.Select(plane => secret.ApplyAsync(live, plane, context.Gate, cancellationToken)));
                return stale.Length == 0
                    ? StageResult.Skipped(
                        $"Secret {CredentialsSecret.Name} holds "
                            + $"{(context.Run.Active.Count() is 1 ? "the credential" : $"all {context.Run.Active.Count()} credentials")}"
                    )
                    : StageResult.Done;
            }
        );
    }
}
