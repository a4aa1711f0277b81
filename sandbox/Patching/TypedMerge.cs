using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Patching;

/// <summary>Merges an applied configuration into the live object. After structured-merge-diff, which the API server uses.</summary>
internal static class TypedMerge
{
    /// <summary>The live value with the applied one merged in.</summary>
    public static JsonNode? Merge(JsonNode? live, JsonNode? applied, FieldSchema schema) =>
        (live, applied) switch
        {
            (JsonObject l, JsonObject a) when TypedValue.IsGranular(a, schema) => MergeFields(l, a, schema),
            (JsonArray l, JsonArray a) when TypedValue.IsGranular(a, schema) => MergeItems(l, a, schema),
            ({ } l, null) when TypedValue.IsGranular(l, schema) => l.DeepClone(),
            _ => applied?.DeepClone(),
        };

    private static JsonObject MergeFields(JsonObject live, JsonObject applied, FieldSchema schema)
    {
        var result = live.DeepClone().AsObject();
        foreach (var (name, value) in applied)
            result[name] = live.TryGetPropertyValue(name, out var old) ? Merge(old, value, schema.Field(name)) : value?.DeepClone();
        return result;
    }

    /// <summary>The applied order rules among applied items; live items that are not applied keep their place before the next item they preceded.</summary>
    private static JsonArray MergeItems(JsonArray live, JsonArray applied, FieldSchema schema)
    {
        // A stored list may hold an item twice; applied ones may not.
        var liveOrder = live.Select(entry => PathElement.Item(entry, schema)).ToList();
        var (_, liveItems) = TypedValue.ItemsOf(live, schema);
        var (appliedOrder, appliedItems) = TypedValue.ItemsOf(applied, schema);
        var shared = new Queue<string>(appliedOrder.Where(liveItems.ContainsKey));
        var done = new HashSet<string>(StringComparer.Ordinal);
        var result = new JsonArray();
        var item = schema.Item ?? FieldSchema.Plain;

        void Take(string element)
        {
            done.Add(element);
            result.Add(liveItems.TryGetValue(element, out var old) ? Merge(old, appliedItems[element], item) : appliedItems[element]?.DeepClone());
            if (shared.Count > 0 && shared.Peek() == element)
                shared.Dequeue();
        }

        int l = 0;
        int a = 0;
        while (l < liveOrder.Count || a < appliedOrder.Count)
        {
            var next = l < liveOrder.Count ? liveOrder[l] : null;
            if (next is not null && a < appliedOrder.Count && next == appliedOrder[a])
            {
                Take(next);
                l++;
                a++;
            }
            else if (next is not null && !appliedItems.ContainsKey(next))
            {
                result.Add(live[l]?.DeepClone());
                l++;
            }
            else if (next is not null && a < appliedOrder.Count && shared.Count > 0 && shared.Peek() != next)
            {
                l++;
            }
            else
            {
                if (next is not null && done.Contains(next))
                    l++;
                if (a < appliedOrder.Count)
                    Take(appliedOrder[a++]);
            }
        }
        return result;
    }
}
