using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Install.Helm;

/// <summary>Who owns which fields of an object (<c>metadata.managedFields</c>), held against what a manifest sets.</summary>
internal static class ManagedFields
{
    /// <summary>Whether another field manager than helm's server-side apply owns a field that the manifest sets.</summary>
    /// <param name="live">The object.</param>
    /// <param name="manifest">What helm would apply.</param>
    public static bool AreOfOthers(JsonObject live, JsonObject manifest)
    {
        ArgumentNullException.ThrowIfNull(live);
        ArgumentNullException.ThrowIfNull(manifest);
        return (live["metadata"]?["managedFields"] as JsonArray ?? [])
            .OfType<JsonObject>()
            .Where(entry => ((string?)entry["manager"], (string?)entry["operation"]) is not ("helm", "Apply") && (string?)entry["subresource"] != "status")
            .Any(entry => entry["fieldsV1"] is JsonObject fields && Meet(fields, manifest));
    }

    /// <summary>Whether a manifest sets the field of a conflict.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="field">The field's path as the API server writes it: <c>.data.admin.yaml</c>, <c>.spec.ports[port=80,protocol="TCP"].name</c>.</param>
    public static bool Sets(JsonNode? manifest, string field)
    {
        ArgumentNullException.ThrowIfNull(field);
        return field.Length == 0
            || manifest switch
            {
                // A key may hold dots itself.
                JsonObject map when field[0] == '.' => map.Any(entry =>
                    field.AsSpan(1).StartsWith(entry.Key, StringComparison.Ordinal)
                    && (field.Length == entry.Key.Length + 1 || field[entry.Key.Length + 1] is '.' or '[')
                    && Sets(entry.Value, field[(entry.Key.Length + 1)..])
                ),
                JsonArray list when field[0] == '[' && End(field) is > 0 and var end => list.Any(item =>
                    IsItem(item, field[1..end]) && Sets(item, field[(end + 1)..])
                ),
                _ => false,
            };
    }

    // The keys of fieldsV1: f:NAME a field, k:{…} the item with these keys, v:VALUE a value of a set, "." the thing itself.
    private static bool Meet(JsonObject fields, JsonNode? manifest) =>
        fields.Any(field =>
            field.Key[..Math.Min(2, field.Key.Length)] switch
            {
                "f:" => manifest is JsonObject map && map.TryGetPropertyValue(field.Key[2..], out var value) && IsMet(field.Value, value),
                "k:" => manifest is JsonArray list
                    && JsonNode.Parse(field.Key[2..]) is JsonObject keys
                    && list.Any(item => keys.All(key => IsKey(item, key.Key, key.Value)) && IsMet(field.Value, item)),
                "v:" => manifest is JsonArray set && JsonNode.Parse(field.Key[2..]) is var value && set.Any(item => JsonNode.DeepEquals(item, value)),
                _ => false,
            }
        );

    private static bool IsMet(JsonNode? fields, JsonNode? manifest) => fields is not JsonObject { Count: > 0 } below || Meet(below, manifest);

    // The server fills keys in that the manifest leaves to their default.
    private static bool IsKey(JsonNode? item, string key, JsonNode? value) =>
        item is JsonObject map && (map[key] is not { } own || JsonNode.DeepEquals(own, value));

    private static bool IsItem(JsonNode? item, string keys)
    {
        if (keys.StartsWith('='))
            return item?.ToJsonString() == keys[1..];
        foreach (var key in keys.Split(','))
        {
            var at = key.IndexOf('=', StringComparison.Ordinal);
            if (at > 0 && !IsKey(item, key[..at], Parsed(key[(at + 1)..])))
                return false;
        }

        return true;
    }

    private static JsonNode? Parsed(string json)
    {
        try
        {
            return JsonNode.Parse(json);
        }
        catch (JsonException)
        {
            return json;
        }
    }

    private static int End(string field)
    {
        var quoted = false;
        for (var at = 1; at < field.Length; at++)
        {
            if (field[at] == '"')
                quoted = !quoted;
            else if (field[at] == ']' && !quoted)
                return at;
        }

        return -1;
    }
}
