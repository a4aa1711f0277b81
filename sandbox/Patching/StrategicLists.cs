using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Patching;

/// <summary>The lists of a strategic merge patch.</summary>
internal static class StrategicLists
{
    /// <summary>Merges a list by its merge key, or as a set of primitives. New items come last; <see cref="Sort"/> orders them.</summary>
    public static JsonArray Merge(JsonArray original, JsonArray patch, FieldSchema schema)
    {
        var merged = original.Select(item => item?.DeepClone()).ToList();
        if (schema.MergeKey is not { } key)
        {
            foreach (var item in patch.Where(item => !merged.Exists(old => JsonNode.DeepEquals(old, item))).ToList())
                merged.Add(item?.DeepClone());
            return [.. merged];
        }
        var replaces = false;
        var plain = new List<JsonObject>();
        foreach (var item in patch)
        {
            var map = item as JsonObject ?? throw Patches.Unprocessable();
            switch ((map["$patch"] as JsonValue)?.ToString())
            {
                case null:
                    plain.Add(map);
                    break;
                case "delete":
                    var value = Key(map, key);
                    merged.RemoveAll(old => JsonNode.DeepEquals((old as JsonObject)?[key], value));
                    break;
                case "replace":
                    replaces = true;
                    break;
                default:
                    throw StrategicMergePatch.Malformed($"unknown patch type: {map["$patch"]} in map: {map.ToJsonString()}");
            }
        }
        if (replaces)
            return [.. plain.Select(StrategicMergePatch.WithoutDirectives)];
        foreach (var item in plain)
        {
            var value = Key(item, key);
            var found = merged.FindIndex(old => JsonNode.DeepEquals((old as JsonObject)?[key], value));
            if (found >= 0)
                merged[found] = StrategicMergePatch.Apply(merged[found]!.AsObject(), item, schema.Item ?? FieldSchema.Plain);
            else
                merged.Add(StrategicMergePatch.WithoutDirectives(item));
        }
        return [.. merged];
    }

    /// <summary>Items of the given order in that order; the others keep their place relative to them as far as the original list says.</summary>
    public static JsonArray Sort(JsonArray merged, JsonArray order, JsonArray original, FieldSchema schema)
    {
        int In(JsonArray list, JsonNode? item) => list.ToList().FindIndex(other => Same(other, item, schema.MergeKey));
        var patched = new Queue<JsonNode?>(merged.Where(item => In(order, item) >= 0).OrderBy(item => In(order, item)));
        var others = new Queue<JsonNode?>(merged.Where(item => In(order, item) < 0).OrderBy(item => In(original, item)));
        var result = new JsonArray();
        while (patched.Count + others.Count > 0)
        {
            var takeOther =
                patched.Count == 0
                || (others.Count > 0 && In(original, others.Peek()) is >= 0 and var other && In(original, patched.Peek()) is >= 0 and var mine && other < mine);
            result.Add((takeOther ? others : patched).Dequeue()?.DeepClone());
        }
        return result;
    }

    /// <summary>Refuses a patch whose items are not all in the order it gives, in that order.</summary>
    public static void CheckOrder(JsonArray patch, JsonArray order, FieldSchema schema)
    {
        var next = 0;
        foreach (var item in patch.Where(item => (item as JsonObject)?.ContainsKey("$patch") is not true))
        {
            while (next < order.Count && !Same(order[next], item, schema.MergeKey))
                next++;
            if (next == order.Count)
                throw StrategicMergePatch.Malformed(
                    $"The order in patch list:\n{patch.ToJsonString()}\n doesn't match $setElementOrder list:\n{order.ToJsonString()}\n"
                );
        }
    }

    private static bool Same(JsonNode? left, JsonNode? right, string? key) =>
        key is null ? JsonNode.DeepEquals(left, right) : left is JsonObject l && right is JsonObject r && JsonNode.DeepEquals(l[key], r[key]);

    private static JsonNode Key(JsonObject item, string key) => item[key] ?? throw Patches.Unprocessable();
}
