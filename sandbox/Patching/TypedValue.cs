using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Patching;

/// <summary>Reads an object by its schema: which paths it has, what it is without some of them. After structured-merge-diff, which the API server
/// uses.</summary>
internal static class TypedValue
{
    /// <summary>The paths that a configuration sets.</summary>
    public static FieldSet FieldsOf(JsonObject value, FieldSchema schema)
    {
        var set = new FieldSet();
        Collect(value, schema, [], set);
        return set;
    }

    /// <summary>A copy without the values at the paths. What is left of an emptied object or list is null.</summary>
    public static JsonNode? Without(JsonNode? value, FieldSet paths, FieldSchema schema) =>
        value switch
        {
            JsonObject map when map.Count > 0 => WithoutFields(map, paths, schema),
            JsonArray list when list.Count > 0 && schema.Shape is Shape.Set or Shape.Keyed => WithoutItems((JsonArray)value, paths, schema),
            JsonObject or JsonArray => value.AsEmpty() ? null : value.DeepClone(),
            _ => value?.DeepClone(),
        };

    /// <summary>A list's items by their element, the first of each; and their order.</summary>
    public static (List<string> Order, Dictionary<string, JsonNode?> Items) ItemsOf(JsonArray? list, FieldSchema schema)
    {
        var order = new List<string>();
        var items = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var item in list ?? [])
        {
            var element = PathElement.Item(item, schema);
            if (items.TryAdd(element, item))
                order.Add(element);
        }
        return (order, items);
    }

    /// <summary>Whether a value is granular: an object or list whose parts are owned one by one.</summary>
    public static bool IsGranular(JsonNode? value, FieldSchema schema) =>
        !schema.IsAtomic
        && value switch
        {
            JsonObject => schema.Shape is not (Shape.Set or Shape.Keyed),
            JsonArray => schema.Shape is Shape.Set or Shape.Keyed,
            _ => false,
        };

    private static bool AsEmpty(this JsonNode node) => node is JsonObject { Count: 0 } or JsonArray { Count: 0 };

    private static JsonObject? WithoutFields(JsonObject map, FieldSet paths, FieldSchema schema)
    {
        var result = new JsonObject();
        foreach (var (name, value) in map)
        {
            var element = PathElement.Field(name);
            if (!paths.Has(element))
                result[name] = paths.Below(element) is { } below ? Without(value, below, schema.Field(name)) : value?.DeepClone();
        }
        return result.Count > 0 ? result : null;
    }

    private static JsonArray? WithoutItems(JsonArray list, FieldSet paths, FieldSchema schema)
    {
        var result = new JsonArray();
        foreach (var item in list)
        {
            var element = PathElement.Item(item, schema);
            if (!paths.Has(element))
                result.Add(paths.Below(element) is { } below ? Without(item, below, schema.Item ?? FieldSchema.Plain) : item?.DeepClone());
        }
        return result.Count > 0 ? result : null;
    }

    private static void Collect(JsonNode? value, FieldSchema schema, List<string> path, FieldSet set)
    {
        if (!IsGranular(value, schema))
        {
            set.Add(path);
            return;
        }
        if (value is JsonArray list)
        {
            foreach (var item in list)
            {
                path.Add(PathElement.Item(item, schema));
                Collect(item, schema.Item ?? FieldSchema.Plain, path, set);
                set.Add(path);
                path.RemoveAt(path.Count - 1);
            }
            return;
        }
        foreach (var (name, field) in value!.AsObject())
        {
            path.Add(PathElement.Field(name));
            Collect(field, schema.Field(name), path, set);
            if (field is null or JsonObject { Count: 0 } || !schema.IsNamed(name))
                set.Add(path);
            path.RemoveAt(path.Count - 1);
        }
    }
}
