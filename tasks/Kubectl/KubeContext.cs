using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Kubectl;

/// <summary>A context of the kubeconfig.</summary>
/// <param name="Server">Its API server's address; empty where the kubeconfig names none.</param>
/// <param name="Credential">What it logs in with, where the kubeconfig holds all of it; null where only kubectl can (exec plugins, proxies, impersonation).</param>
public sealed record KubeContext(string Server, KubeCredential? Credential)
{
    private static readonly string[] ClusterKeys = ["server", "certificate-authority", "certificate-authority-data", "extensions"];
    private static readonly string[] UserKeys = ["client-certificate", "client-certificate-data", "client-key", "client-key-data", "token", "extensions"];

    /// <summary>Reads a context; any setting that is not known here leaves the credential to kubectl.</summary>
    /// <param name="cluster">The kubeconfig's cluster.</param>
    /// <param name="user">The kubeconfig's user.</param>
    public static KubeContext Of(JsonObject? cluster, JsonObject? user)
    {
        var server = Text(cluster, "server") ?? string.Empty;
        var isPlain = server.StartsWith("https://", StringComparison.Ordinal) && Has(cluster, ClusterKeys) && Has(user, UserKeys);
        return new KubeContext(server, isPlain ? CredentialOf(cluster!, user!) : null);
    }

    private static KubeCredential? CredentialOf(JsonObject cluster, JsonObject user)
    {
        var authority = Pem(cluster, "certificate-authority");
        var (certificate, key) = (Pem(user, "client-certificate"), Pem(user, "client-key"));
        var token = Text(user, "token");
        var isWhole = authority is not null && (certificate is null) == (key is null) && (certificate is not null || token is not null);
        return isWhole ? new KubeCredential { Authority = authority!, ClientCertificate = certificate, ClientKey = key, Token = token } : null;
    }

    private static bool Has(JsonObject? entry, string[] known)
        => entry is not null && entry.All(setting => known.Contains(setting.Key, StringComparer.Ordinal) || setting.Value is null);

    // kubectl writes the paths of the kubeconfig's files out as absolute ones.
    private static string? Pem(JsonObject entry, string name)
    {
        try
        {
            if (Text(entry, $"{name}-data") is { Length: > 0 } data)
                return System.Text.Encoding.ASCII.GetString(Convert.FromBase64String(data));
            return Text(entry, name) is { } path && Path.IsPathRooted(path) ? File.ReadAllText(path) : null;
        }
        catch (Exception exception) when (exception is FormatException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? Text(JsonObject? entry, string name) => entry?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}

/// <summary>A credential that stands whole in a kubeconfig. It says nothing of its content.</summary>
public sealed class KubeCredential
{
    /// <summary>The CA certificates, PEM.</summary>
    public required string Authority { get; init; }

    /// <summary>The client certificate, PEM; null where a token stands for it.</summary>
    public string? ClientCertificate { get; init; }

    /// <summary>The client certificate's key, PEM.</summary>
    public string? ClientKey { get; init; }

    /// <summary>The bearer token; null where a client certificate stands for it.</summary>
    public string? Token { get; init; }
}
