using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Kubernetes;

namespace Flyte.MultiCluster.Common.Flyte;

/// <summary>A data plane's token that the control plane stores, found among the data plane's token Secrets by its content, under any name.</summary>
/// <param name="Secret">The Secret that holds it; null where none does.</param>
/// <param name="Replaced">The Secret whose token it replaced, which a rotation that was not finished has left; null for none.</param>
/// <param name="MadeAt">When it was made; null where nothing says so.</param>
public sealed record StoredToken(JsonObject? Secret, JsonObject? Replaced, DateTimeOffset? MadeAt)
{
    /// <summary>Finds it.</summary>
    /// <param name="token">The stored token, base64.</param>
    /// <param name="secrets">The data plane's tokens (<see cref="TokenSecret.ListAsync"/>).</param>
    /// <param name="writtenAt">When it was stored; null where that is not known.</param>
    public static StoredToken Of(string token, IReadOnlyList<JsonObject> secrets, DateTimeOffset? writtenAt)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        var secret = TokenSecret.Holding(secrets, token);
        var replaced = secret is null ? null : TokenSecret.Replaced(secret);
        return new StoredToken(
            secret,
            replaced is { } old ? secrets.FirstOrDefault(one => (string?)one["metadata"]?["uid"] == old.Uid) : null,
            KubernetesTime.Of(secret?["metadata"]?["creationTimestamp"]) ?? TokenClaims.Issued(token) ?? writtenAt
        );
    }
}
