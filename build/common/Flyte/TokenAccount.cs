using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Flyte;

/// <summary>The service account that a stored token is for. Its UID is of one cluster alone, whatever name and endpoint the cluster goes by.</summary>
public static class TokenAccount
{
    /// <summary>Reads the UID of a token's service account.</summary>
    /// <param name="stored">The token, base64, as a Secret holds it, also with a newline or encoded twice; null for none.</param>
    /// <returns>The UID; null where it is no service account's token.</returns>
    public static string? UidOf(string? stored)
    {
        try
        {
            if (EncodedText.Token(stored)?.Split('.') is not { Length: 3 } parts)
                return null;
            var payload = parts[1].Replace('-', '+').Replace('_', '/');
            var claims = JsonNode.Parse(Convert.FromBase64String(payload.PadRight((payload.Length + 3) / 4 * 4, '='))) as JsonObject;
            return Text(claims?["kubernetes.io/serviceaccount/service-account.uid"])
                ?? Text((claims?["kubernetes.io"] as JsonObject)?["serviceaccount"]?["uid"]);
        }
        catch (Exception exception) when (exception is FormatException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0 ? text : null;
}
