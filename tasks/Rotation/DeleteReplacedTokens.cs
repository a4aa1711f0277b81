using System.Text.Json.Nodes;
using Cake.Frosting;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Rotation;

/// <summary>The last step of a rotation: what was replaced, and what nothing has read any more, is revoked.</summary>
[TaskName(nameof(DeleteReplacedTokens))]
[TaskDescription("Delete the replaced tokens' Secrets, and see the old tokens refused")]
[IsDependentOn(typeof(ProveReplacementCredentials))]
[UsesFleet(Alone = AloneChecks.Contexts)]
public sealed class DeleteReplacedTokens : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var stored = new Once<JsonObject?>();
        return context.ForEachDataPlaneAsync(
            nameof(DeleteReplacedTokens),
            async (plane, cancellationToken) =>
            {
                if (RotationState.Of(plane)?.Old is not { } old)
                    return StageResult.Skipped("there is no replaced token");
                var secret = await stored.GetAsync(() => new CredentialsSecret(context.Run).ReadAsync(cancellationToken));
                if (context.Gate.IsOpen && InUse(secret, plane, old) is { } key)
                    throw new InvalidOperationException(
                        $"The token of Secret {old.Secret} is stored in Secret {CredentialsSecret.Name}, key {key}, so it is kept. Run again."
                    );
                await TokenRevocation.RevokeAsync(context, plane, old, cancellationToken);
                return StageResult.Done;
            }
        );
    }

    // Somebody else's entry for the same cluster, or one that was put back meanwhile.
    private static string? InUse(JsonObject? secret, DataPlaneRun plane, ReplacedToken old) =>
        !CredentialsSecret.Holds(secret, plane) ? plane.Spec.TokenKey
        : old.Credential is { } credential ? (secret?["data"] as JsonObject ?? []).FirstOrDefault(entry => (string?)entry.Value == credential.Token).Key
        : null;
}
