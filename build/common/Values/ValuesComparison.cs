using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Values;

/// <summary>Compares values trees as Helm sees them.</summary>
internal static class ValuesComparison
{
    /// <inheritdoc cref="IHelmValues.Same"/>
    public static bool Same(JsonNode? left, JsonNode? right)
    {
        switch (left, right)
        {
            case (null, null):
                return true;
            case (JsonObject leftMap, JsonObject rightMap):
                return leftMap.Count == rightMap.Count
                    && leftMap.All(entry => rightMap.TryGetPropertyValue(entry.Key, out var other) && Same(entry.Value, other));
            case (JsonArray leftList, JsonArray rightList):
                return leftList.Count == rightList.Count && leftList.Zip(rightList).All(pair => Same(pair.First, pair.Second));
            case (JsonValue leftValue, JsonValue rightValue):
                return SameValue(leftValue, rightValue);
            default:
                return false;
        }
    }

    /// <inheritdoc cref="IHelmValues.Lost"/>
    public static IReadOnlyList<string> Lost(JsonObject live, JsonObject wanted)
    {
        var lost = new List<string>();
        CollectLost(live, wanted, "", lost);
        return lost;
    }

    /// <inheritdoc cref="IHelmValues.Changed"/>
    public static IReadOnlyList<string> Changed(JsonObject live, JsonObject wanted)
    {
        var changed = new List<string>();
        CollectChanged(live, wanted, "", changed);
        return changed;
    }

    /// <summary>A number as the float64 that Helm keeps.</summary>
    public static double NumberOf(JsonValue value) => double.Parse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture);

    private static bool SameValue(JsonValue left, JsonValue right)
    {
        var kind = left.GetValueKind();
        return kind == right.GetValueKind()
            && kind switch
            {
                JsonValueKind.Number => NumberOf(left).Equals(NumberOf(right)) || NumberOf(left) == NumberOf(right),
                JsonValueKind.String => string.Equals(left.GetValue<string>(), right.GetValue<string>(), StringComparison.Ordinal),
                _ => true,
            };
    }

    private static void CollectLost(JsonObject live, JsonObject wanted, string prefix, List<string> lost)
    {
        foreach (var (key, value) in live)
        {
            var path = Join(prefix, key);
            var has = wanted.TryGetPropertyValue(key, out var other);
            if (has && (other is null || value is not JsonObject))
            {
                continue;
            }

            if (value is JsonObject map)
            {
                CollectLost(map, other as JsonObject ?? [], path, lost);
            }
            else
            {
                lost.Add(path);
            }
        }
    }

    private static void CollectChanged(JsonObject live, JsonObject wanted, string prefix, List<string> changed)
    {
        foreach (var (key, value) in live)
        {
            if (!wanted.TryGetPropertyValue(key, out var other))
            {
                CollectLeaves(value, Join(prefix, key), changed);
            }
            else if (value is JsonObject map && other is JsonObject otherMap && (map.Count > 0 || otherMap.Count > 0))
            {
                CollectChanged(map, otherMap, Join(prefix, key), changed);
            }
            else if (!Same(value, other))
            {
                changed.Add(Join(prefix, key));
            }
        }

        foreach (var (key, value) in wanted.Where(entry => !live.ContainsKey(entry.Key)))
        {
            CollectLeaves(value, Join(prefix, key), changed);
        }
    }

    private static void CollectLeaves(JsonNode? node, string path, List<string> leaves)
    {
        if (node is not JsonObject { Count: > 0 } map)
        {
            leaves.Add(path);
            return;
        }

        foreach (var (key, value) in map)
        {
            CollectLeaves(value, Join(path, key), leaves);
        }
    }

    private static string Join(string prefix, string key)
    {
        var escaped = key.Replace(".", "\\.", StringComparison.Ordinal);
        return prefix.Length == 0 ? escaped : $"{prefix}.{escaped}";
    }
}
