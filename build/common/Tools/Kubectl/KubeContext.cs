using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Http;

namespace Flyte.MultiCluster.Common.Tools.Kubectl;

/// <summary>A context of the kubeconfig.</summary>
/// <param name="Server">Its API server's address; empty where the kubeconfig names none.</param>
/// <param name="Credential">What it logs in with, where the kubeconfig holds all of it; null where only kubectl can (exec plugins, proxies,
/// impersonation).</param>
public sealed record KubeContext(string Server, KubeCredential? Credential)
{
    private static readonly string[] ClusterKeys = ["server", "certificate-authority", "certificate-authority-data", "extensions"];

    private static readonly string[] UserKeys =
    [
        "client-certificate",
        "client-certificate-data",
        "client-key",
        "client-key-data",
        "token",
        "tokenFile",
        "username",
        "password",
        "extensions",
    ];

    /// <summary>The name of its cluster in the kubeconfig; empty where it names none. What <c>aws eks update-kubeconfig</c> writes is an ARN.</summary>
    public string ClusterName { get; init; } = string.Empty;

    /// <summary>The plugin that kubectl runs to log in; null for none.</summary>
    public KubeLogin? Login { get; init; }

    private KubeCredential Written { get; init; } = new() { Authority = string.Empty };

    /// <summary>Reads a context; any setting that is not known here leaves the credential to kubectl.</summary>
    /// <param name="cluster">The kubeconfig's cluster.</param>
    /// <param name="user">The kubeconfig's user.</param>
    /// <param name="folder">What relative paths start from; null where that is not known, which leaves them to kubectl.</param>
    public static KubeContext Of(JsonObject? cluster, JsonObject? user, string? folder = null)
    {
        var server = Text(cluster, "server") ?? string.Empty;
        var isPlain = server.StartsWith("https://", StringComparison.Ordinal) && Has(cluster, ClusterKeys) && Has(user, UserKeys);
        var credential = isPlain ? CredentialOf(cluster!, user!, folder) : null;
        return new KubeContext(server, credential)
        {
            Login = user?["exec"] is JsonObject exec
                ? new KubeLogin(Text(exec, "command") ?? string.Empty, Text(exec, "interactiveMode") ?? string.Empty, Text(exec, "installHint") ?? string.Empty)
                {
                    Arguments = [.. (exec["args"] as JsonArray ?? []).Select(argument => argument?.ToString() ?? string.Empty)],
                }
                : null,
            Written =
                credential
                ?? new KubeCredential
                {
                    Authority = string.Empty,
                    ClientCertificate = user is null ? null : Pem(user, "client-certificate", folder),
                    Token = user is null ? null : TokenOf(user, folder),
                },
        };
    }

    /// <summary>Why what the kubeconfig holds is not valid now: <c>its client certificate expired on 2026-01-31 12:00 UTC</c>.</summary>
    /// <returns>The words; null where it is valid, or nothing of it has a date.</returns>
    public string? Expiry()
    {
        try
        {
            if (Written.ClientCertificate is { } pem)
            {
                using var certificate = X509Certificate2.CreateFromPem(pem);
                return Invalid(new DateTimeOffset(certificate.NotBefore), new DateTimeOffset(certificate.NotAfter)) is { } why
                    ? $"its client certificate {why}"
                    : null;
            }

            return Written.Token is { } token && TokenEnd(token) is { } end && Invalid(DateTimeOffset.MinValue, end) is { } late ? $"its token {late}" : null;
        }
        catch (Exception exception)
            when (exception is CryptographicException or FormatException or JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? Invalid(DateTimeOffset notBefore, DateTimeOffset notAfter) =>
        DateTimeOffset.UtcNow < notBefore || DateTimeOffset.UtcNow > notAfter ? CertificateDates.Explain(notBefore, notAfter) : null;

    // A JWT's second part; other tokens have no date that is known here.
    private static DateTimeOffset? TokenEnd(string token)
    {
        if (token.Split('.') is not [_, var claims, _])
            return null;
        var base64 = claims.Replace('-', '+').Replace('_', '/');
        var end = JsonNode.Parse(Convert.FromBase64String(base64.PadRight((base64.Length + 3) / 4 * 4, '=')))?["exp"];
        return end is JsonValue value && value.TryGetValue<long>(out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
    }

    private static KubeCredential? CredentialOf(JsonObject cluster, JsonObject user, string? folder)
    {
        var authority = Pem(cluster, "certificate-authority", folder);
        var (certificate, key) = (Pem(user, "client-certificate", folder), Pem(user, "client-key", folder));
        var (token, file) = (TokenOf(user, folder), Text(user, "tokenFile"));
        var (name, password) = (Text(user, "username"), Text(user, "password"));

        // kubectl refuses a password beside a token, and a token file that holds none.
        var isOne = string.IsNullOrEmpty(name) ? string.IsNullOrEmpty(password) : string.IsNullOrEmpty(token) && string.IsNullOrEmpty(file);
        var isRead = string.IsNullOrEmpty(file) || (Absolute(file, folder) is not null && !string.IsNullOrEmpty(token));
        var isWhole = IsRead(user, "client-certificate", certificate) && IsRead(user, "client-key", key) && (certificate is null) == (key is null);
        var logsIn = certificate is not null || token is not null || !string.IsNullOrEmpty(name);
        return authority is not null && isWhole && isOne && isRead && logsIn
            ? new KubeCredential
            {
                Authority = authority,
                ClientCertificate = certificate,
                ClientKey = key,
                Token = token,
                TokenFile = Absolute(file, folder),
                UserName = string.IsNullOrEmpty(name) ? null : name,
                Password = password,
            }
            : null;
    }

    // What the file holds wins over a token that is written beside it, as long as it can be read.
    private static string? TokenOf(JsonObject user, string? folder) =>
        Absolute(Text(user, "tokenFile"), folder) is { } file && TokenFile.Read(file) is { } token ? token : Text(user, "token");

    private static bool IsRead(JsonObject entry, string name, string? pem) =>
        pem is not null || (string.IsNullOrEmpty(Text(entry, name)) && string.IsNullOrEmpty(Text(entry, $"{name}-data")));

    private static string? Absolute(string? path, string? folder) =>
        string.IsNullOrEmpty(path) ? null
        : Path.IsPathRooted(path) ? path
        : folder is null ? null
        : Path.Combine(folder, path);

    private static bool Has(JsonObject? entry, string[] known) =>
        entry is not null && entry.All(setting => known.Contains(setting.Key, StringComparer.Ordinal) || setting.Value is null);

    private static string? Pem(JsonObject entry, string name, string? folder)
    {
        try
        {
            if (Text(entry, $"{name}-data") is { Length: > 0 } data)
                return Encoding.ASCII.GetString(Convert.FromBase64String(data));
            return Absolute(Text(entry, name), folder) is { } path ? File.ReadAllText(path) : null;
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

    /// <summary>The bearer token; null where a client certificate or a password stands for it.</summary>
    public string? Token { get; init; }

    /// <summary>The file that the token is from, and that may hold a newer one later; null where the kubeconfig holds the token itself.</summary>
    public string? TokenFile { get; init; }

    /// <summary>The user name of basic authentication; null where it is not used.</summary>
    public string? UserName { get; init; }

    /// <summary>The password of basic authentication.</summary>
    public string? Password { get; init; }
}

/// <summary>A credential plugin (a kubeconfig's <c>user.exec</c>).</summary>
/// <param name="Command">The program.</param>
/// <param name="InteractiveMode"><c>Never</c>, <c>IfAvailable</c> or <c>Always</c>; empty where the kubeconfig says nothing, which is
/// <c>IfAvailable</c>.</param>
/// <param name="InstallHint">What the kubeconfig says about installing it; empty for nothing.</param>
public sealed record KubeLogin(string Command, string InteractiveMode, string InstallHint)
{
    /// <summary>The program's arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Whether it cannot work without a terminal.</summary>
    public bool NeedsTerminal => InteractiveMode == "Always";

    /// <summary>Whether it may use a terminal.</summary>
    public bool TakesTerminal => InteractiveMode != "Never";
}
