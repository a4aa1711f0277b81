using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Cloud.Aws;

/// <summary>Policy documents as JSON: compared by meaning, measured as IAM does, written as text.</summary>
public static class PolicyJson
{
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Indented = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        IndentSize = 2,
        NewLine = "\n",
    };

    /// <summary>The document without white space, as it is sent. Its length is what IAM's limits count.</summary>
    public static string Text(JsonNode document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return document.ToJsonString(Compact);
    }

    /// <summary>The document's lines, for people.</summary>
    public static IReadOnlyList<string> Lines(JsonNode document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return document.ToJsonString(Indented).Split('\n');
    }

    /// <summary>A text that is equal for two documents that mean the same: the order of keys and of lists does not count, and one value is a list of
    /// one.</summary>
    public static string Canonical(JsonNode? document) =>
        document switch
        {
            JsonObject map => $"{{{string.Join(',', map.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(Canonical))}}}",
            JsonArray list => $"[{string.Join(',', list.Select(Canonical).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))}]",
            null => "null",
            _ => document.ToJsonString(),
        };

    private static string Canonical(KeyValuePair<string, JsonNode?> entry) =>
        $"{JsonSerializer.Serialize(entry.Key)}:{Canonical(entry.Value is JsonArray ? entry.Value : new JsonArray(entry.Value?.DeepClone()))}";

    /// <summary>Whether two documents mean the same.</summary>
    public static bool Same(JsonNode? one, JsonNode? other) => Canonical(one) == Canonical(other);

    /// <summary>A value that may be a list or stand alone, as a list of texts.</summary>
    public static IReadOnlyList<string> Texts(JsonNode? value) =>
        value switch
        {
            JsonArray list => [.. list.Select(one => one is JsonValue ? one.ToString() : one?.ToJsonString() ?? "null")],
            JsonValue one => [one.ToString()],
            null => [],
            _ => [value.ToJsonString()],
        };

    /// <summary>The statements of a document.</summary>
    public static IReadOnlyList<JsonObject> Statements(JsonObject document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return document["Statement"] switch
        {
            JsonArray list => [.. list.OfType<JsonObject>()],
            JsonObject one => [one],
            _ => [],
        };
    }
}
