using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Patching;

/// <summary>Which paths differ between two states of an object.</summary>
internal sealed class TypedComparison
{
    private TypedComparison(FieldSet added, FieldSet modified, FieldSet removed) => (Added, Modified, Removed) = (added, modified, removed);

    /// <summary>The paths that only the second state has.</summary>
    public FieldSet Added { get; private init; }

    /// <summary>The paths whose value differs.</summary>
    public FieldSet Modified { get; private init; }

    /// <summary>The paths that only the first state has.</summary>
    public FieldSet Removed { get; private init; }

    /// <summary>The paths with a new value.</summary>
    public FieldSet Changed => Added.Union(Modified);

    /// <summary>Compares two states.</summary>
    public static TypedComparison Of(JsonObject before, JsonObject after, FieldSchema schema)
    {
        var result = new TypedComparison(new FieldSet(), new FieldSet(), new FieldSet());
        result.Compare(new Slot(Present: true, before), new Slot(Present: true, after), schema, []);
        return result;
    }

    /// <summary>The comparison without what lies under some fields at the root.</summary>
    public TypedComparison WithoutRoots(Func<string, bool> drop) => new(Added.WithoutRoots(drop), Modified.WithoutRoots(drop), Removed.WithoutRoots(drop));

    private void Compare(Slot before, Slot after, FieldSchema schema, List<string> path)
    {
        if (!Descends(before, after, schema))
        {
            if (!before.Present)
                Added.Add(path);
            else if (!after.Present)
                Removed.Add(path);
            else if (!JsonNode.DeepEquals(before.Value, after.Value))
                Modified.Add(path);
            return;
        }
        if (before.Value is JsonArray || after.Value is JsonArray)
            CompareItems(before, after, schema, path);
        else
            CompareFields(before, after, schema, path);
        if (!before.Present)
            Added.Add(path);
        else if (!after.Present)
            Removed.Add(path);
    }

    private void CompareFields(Slot before, Slot after, FieldSchema schema, List<string> path)
    {
        var (left, right) = (before.Value as JsonObject ?? [], after.Value as JsonObject ?? []);
        foreach (var name in left.Select(field => field.Key).Union(right.Select(field => field.Key)))
        {
            path.Add(PathElement.Field(name));
            Compare(new Slot(left.TryGetPropertyValue(name, out var l), l), new Slot(right.TryGetPropertyValue(name, out var r), r), schema.Field(name), path);
            path.RemoveAt(path.Count - 1);
        }
    }

    private void CompareItems(Slot before, Slot after, FieldSchema schema, List<string> path)
    {
        var left = Items(before.Value, schema);
        var right = Items(after.Value, schema);
        foreach (var element in left.Keys.Union(right.Keys))
        {
            var (l, r) = (left.GetValueOrDefault(element), right.GetValueOrDefault(element));
            // What a list holds more than once is compared as a whole.
            var item = l is { Count: > 1 } || r is { Count: > 1 } ? FieldSchema.Atomic : schema.Item ?? FieldSchema.Plain;
            path.Add(element);
            Compare(SlotOf(l), SlotOf(r), item, path);
            path.RemoveAt(path.Count - 1);
        }
    }

    private static Dictionary<string, List<JsonNode?>> Items(JsonNode? list, FieldSchema schema) =>
        (list as JsonArray ?? [])
            .GroupBy(item => PathElement.Item(item, schema), StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.ToList(), StringComparer.Ordinal);

    private static Slot SlotOf(List<JsonNode?>? items) =>
        items switch
        {
            null => default,
            [var item] => new Slot(Present: true, item),
            _ => new Slot(Present: true, new JsonArray([.. items.Select(item => item?.DeepClone())])),
        };

    private static bool Descends(Slot before, Slot after, FieldSchema schema)
    {
        var left = TypedValue.IsGranular(before.Value, schema);
        var right = TypedValue.IsGranular(after.Value, schema);
        var empty = IsEmpty(before.Value) && IsEmpty(after.Value);
        return !empty && (left || before.Value is null) && (right || after.Value is null) && (left || right);
    }

    private static bool IsEmpty(JsonNode? value) => value is null or JsonObject { Count: 0 } or JsonArray { Count: 0 };

    private readonly record struct Slot(bool Present, JsonNode? Value);
}
