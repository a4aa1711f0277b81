using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Patching;

/// <summary>Kubernetes' strategic merge patch, as apimachinery's strategicpatch package applies it.</summary>
internal static class StrategicMergePatch
{
    private const string Directive = "$patch";
    private const string RetainKeys = "$retainKeys";
    private const string DeletePrimitives = "$deleteFromPrimitiveList/";
    private const string ElementOrder = "$setElementOrder/";

    /// <summary>The object with the patch merged in.</summary>
    /// <exception cref="ApiException">400 or 422 for a malformed patch.</exception>
    public static JsonObject Apply(JsonObject original, JsonObject patch, FieldSchema schema)
    {
        if (patch.TryGetPropertyValue(Directive, out var directive))
            return Replacement(directive, patch);
        var result = original.DeepClone().AsObject();
        var rest = patch.DeepClone().AsObject();
        Retain(result, rest);
        Order(result, rest, schema);
        foreach (var (key, value) in rest)
        {
            if (key.StartsWith(DeletePrimitives, StringComparison.Ordinal))
                Delete(result, key[DeletePrimitives.Length..], value);
            else
                MergeField(result, key, value, schema.Field(key));
        }
        return result;
    }

    private static void MergeField(JsonObject result, string name, JsonNode? value, FieldSchema schema)
    {
        switch (value, result[name])
        {
            case (null, _):
                result.Remove(name);
                break;
            case (JsonObject patch, JsonObject original):
                result[name] = Apply(original, patch, schema);
                break;
            case (JsonArray patch, JsonArray original) when schema.MergesList:
                var items = StrategicLists.Merge(original, patch, schema);
                result[name] = StrategicLists.Sort(items, patch, original, schema);
                break;
            default:
                result[name] = WithoutDirectives(value);
                break;
        }
    }

    private static JsonObject Replacement(JsonNode? directive, JsonObject patch)
    {
        switch ((directive as JsonValue)?.ToString())
        {
            case "replace":
                var result = patch.DeepClone().AsObject();
                result.Remove(Directive);
                return result;
            case "delete":
                return [];
            default:
                throw Malformed($"unknown patch type: {directive} in map: {patch.ToJsonString()}");
        }
    }

    private static void Retain(JsonObject original, JsonObject patch)
    {
        if (!patch.TryGetPropertyValue(RetainKeys, out var retained))
            return;
        patch.Remove(RetainKeys);
        var keys = (retained as JsonArray)?.Select(key => key?.ToString()).ToHashSet() ?? throw Malformed("invalid patch format of retainKeys");
        if (patch.Any(field => field.Value is not null && field.Key[0] != '$' && !keys.Contains(field.Key)))
            throw Malformed("invalid patch format of retainKeys");
        foreach (var name in original.Select(field => field.Key).Where(name => !keys.Contains(name)).ToList())
            original.Remove(name);
    }

    /// <summary>Merges the lists whose order the patch gives, and takes them out of it.</summary>
    private static void Order(JsonObject original, JsonObject patch, FieldSchema schema)
    {
        foreach (var key in patch.Select(field => field.Key).Where(key => key.StartsWith(ElementOrder, StringComparison.Ordinal)).ToList())
        {
            var name = key[ElementOrder.Length..];
            var order = patch[key] as JsonArray ?? throw Malformed("invalid patch format of setElementOrder list");
            patch.Remove(key);
            var field = schema.Field(name);
            var old = original[name] as JsonArray;
            var items = patch[name] as JsonArray;
            patch.Remove(name);
            if (patch.TryGetPropertyValue(DeletePrimitives + name, out var deleted))
            {
                patch.Remove(DeletePrimitives + name);
                Delete(original, name, deleted);
                old = original[name] as JsonArray;
            }
            if (old is null && items is null)
                continue;
            if (items is not null)
                StrategicLists.CheckOrder(items, order, field);
            var merged =
                items is null ? old!
                : field.MergesList ? StrategicLists.Merge(old ?? [], items, field)
                : items;
            original[name] = StrategicLists.Sort(merged, order, old ?? [], field);
        }
    }

    private static void Delete(JsonObject original, string name, JsonNode? values)
    {
        if (values is not JsonArray list)
            throw Malformed("invalid patch format of primitive list");
        if (original[name] is JsonArray items)
            original[name] = new JsonArray([.. items.Where(item => !list.Any(value => JsonNode.DeepEquals(value, item))).Select(item => item?.DeepClone())]);
    }

    /// <summary>A value that has nothing to merge with: without what only directs merging, and without nulls in maps.</summary>
    internal static JsonNode? WithoutDirectives(JsonNode? value)
    {
        switch (value)
        {
            case JsonObject map:
                var result = new JsonObject();
                foreach (var (name, field) in map)
                {
                    if (field is not null && !name.StartsWith('$'))
                        result[name] = WithoutDirectives(field);
                }
                return result;
            case JsonArray list:
                return new JsonArray([.. list.Where(item => item is not JsonObject map || !map.ContainsKey(Directive)).Select(WithoutDirectives)]);
            default:
                return value?.DeepClone();
        }
    }

    /// <summary>The API server's answer to a patch that breaks the format.</summary>
    internal static ApiException Malformed(string message) => new(400, "BadRequest", message);
}
