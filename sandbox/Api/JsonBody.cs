using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>Parses JSON as Go's decoder does: of a field given twice the last one holds; the repetition is told.</summary>
internal static class JsonBody
{
    /// <summary>Parses a document.</summary>
    /// <param name="utf8">The document.</param>
    /// <param name="duplicates">Gets the paths of repeated fields.</param>
    /// <exception cref="JsonException">When it is not JSON.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> utf8, List<string> duplicates)
    {
        Utf8JsonReader reader = new(utf8, new JsonReaderOptions { MaxDepth = 128 });
        reader.Read();
        JsonNode? node = Value(ref reader, "", duplicates);
        if (reader.Read())
            throw new JsonException("more than one document");
        return node;
    }

    private static JsonNode? Value(ref Utf8JsonReader reader, string path, List<string> duplicates)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                JsonObject obj = [];
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    string name = reader.GetString()!;
                    string at = path.Length == 0 ? name : path + "." + name;
                    reader.Read();
                    JsonNode? value = Value(ref reader, at, duplicates);
                    if (obj.ContainsKey(name))
                        duplicates.Add(at);
                    obj[name] = value;
                }
                return obj;
            case JsonTokenType.StartArray:
                JsonArray array = [];
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    array.Add(Value(ref reader, $"{path}[{array.Count}]", duplicates));
                return array;
            case JsonTokenType.String:
                return JsonValue.Create(reader.GetString());
            case JsonTokenType.True:
                return JsonValue.Create(true);
            case JsonTokenType.False:
                return JsonValue.Create(false);
            case JsonTokenType.Number:
                return reader.TryGetInt64(out long whole) ? JsonValue.Create(whole) : JsonNode.Parse(System.Text.Encoding.UTF8.GetString(reader.ValueSpan));
            default:
                return null;
        }
    }
}
