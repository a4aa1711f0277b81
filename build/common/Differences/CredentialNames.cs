using System.Text;

namespace Flyte.MultiCluster.Common.Differences;

/// <summary>Which values are credentials, by the names of their keys. This is the one place that decides it.</summary>
internal static class CredentialNames
{
    private static readonly string[] Parts =
    [
        "password",
        "passwd",
        "passphrase",
        "secret",
        "token",
        "credential",
        "privatekey",
        "apikey",
        "accesskey",
        "encryptionkey",
        "hashkey",
        "blockkey",
        "signingkey",
        "symmetrickey",
        "connectionstring",
        "authorization",
        "dockerconfig",
    ];

    private static readonly string[] Names = ["pass", "passtxt", "pwd", "dsn", "tlskey", "cookie", "htpasswd"];

    // What names, places or describes a credential is none itself.
    private static readonly string[] Ends =
    [
        "path",
        "file",
        "filename",
        "dir",
        "name",
        "names",
        "namespace",
        "ref",
        "url",
        "uri",
        "endpoint",
        "endpoints",
        "location",
        "enabled",
        "disabled",
        "type",
        "kind",
        "lifespan",
        "lifetime",
        "duration",
        "timeout",
        "ttl",
        "seconds",
        "maxage",
        "expiration",
        "issuer",
        "audience",
        "envvar",
        "prefix",
        "method",
        "mode",
        "algorithm",
        "version",
        "count",
        "size",
        "limit",
        "interval",
        "mountpath",
        "manager",
        "provider",
        "id",
    ];

    /// <summary>Whether the value of a key is a credential: <c>clientSecret</c>, <c>pass.txt</c>, <c>DB_PASSWORD</c>; not <c>passwordPath</c>.</summary>
    /// <param name="key">The key, as it is written.</param>
    public static bool IsCredential(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var plain = new StringBuilder(key.Length);
        foreach (var letter in key.Where(char.IsAsciiLetterOrDigit))
            plain.Append(char.ToLowerInvariant(letter));
        var name = plain.ToString();
        if (Names.Contains(name, StringComparer.Ordinal))
            return true;
        return !Ends.Any(end => name.EndsWith(end, StringComparison.Ordinal)) && Parts.Any(part => name.Contains(part, StringComparison.Ordinal));
    }
}
