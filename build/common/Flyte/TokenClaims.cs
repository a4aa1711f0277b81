using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Flyte;

/// <summary>What a service account token says of itself (RFC 7519); its signature is the API server's to check.</summary>
public static class TokenClaims
{
    /// <summary>When a token ends.</summary>
    /// <param name="base64">The token, base64, as a Secret's <c>.data</c> holds it.</param>
    /// <returns>The time; null where it has no end, as a Secret's token, or cannot be read.</returns>
    public static DateTimeOffset? Expiry(string base64) => Time(base64, "exp");

    /// <summary>When a token was made.</summary>
    /// <param name="base64">The token, base64, as a Secret's <c>.data</c> holds it.</param>
    /// <returns>The time; null where it does not say, as a Secret's token, or cannot be read.</returns>
    public static DateTimeOffset? Issued(string base64) => Time(base64, "iat");

    private static DateTimeOffset? Time(string base64, string claim)
    {
        ArgumentNullException.ThrowIfNull(base64);
        try
        {
            var parts = Encoding.ASCII.GetString(Convert.FromBase64String(base64)).Split('.');
            var claims = parts.Length == 3 ? JsonNode.Parse(Base64Url.DecodeFromChars(parts[1])) as JsonObject : null;
            return claims?[claim] is JsonValue value && value.TryGetValue<long>(out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
        }
        catch (Exception exception) when (exception is FormatException or JsonException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }
}
