using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Flyte;

namespace Flyte.MultiCluster.Tasks.Verification;

/// <summary>An entry's credential in the control plane's Secret.</summary>
/// <param name="TokenKey">The key of its token; null where flyteadmin is to read it from elsewhere.</param>
/// <param name="CaKey">The key of its CA certificate; null where flyteadmin is to read it from elsewhere.</param>
/// <param name="Token">The token, base64; null where the Secret does not hold it.</param>
/// <param name="Ca">The CA certificate, base64; null where the Secret does not hold it.</param>
internal sealed record StoredCredential(string? TokenKey, string? CaKey, string? Token, string? Ca)
{
    /// <summary>Says nothing of its content.</summary>
    public override string ToString() => "credential";
}

/// <summary>The control plane's Secret <c>cluster-credentials</c>.</summary>
/// <param name="secret">The Secret; null where there is none.</param>
internal sealed class StoredCredentials(JsonObject? secret)
{
    /// <summary>Whether there is a Secret.</summary>
    public bool Exist => secret is not null;

    /// <summary>The credential of an entry, by the files that flyteadmin reads.</summary>
    public StoredCredential Of(ClusterEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var (token, ca) = (CredentialsSecret.KeyAt(entry.TokenPath), CredentialsSecret.KeyAt(entry.CertPath));
        return new StoredCredential(token, ca, Value(token), Value(ca));
    }

    /// <summary>When a key was last written, to the second; null where its Secret does not say.</summary>
    public DateTimeOffset? WrittenAt(string key) => CredentialsSecret.WrittenAt(secret, key);

    private string? Value(string? key) => key is null ? null : (string?)secret?["data"]?[key];
}
