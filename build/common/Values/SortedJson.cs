using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Values;

/// <summary>Trees in one order, whoever wrote them.</summary>
public static class SortedJson
{
    /// <summary>A copy of a tree with the keys of all its maps in ordinal order; lists keep theirs.</summary>
    /// <param name="node">The tree; null for none.</param>
    public static JsonNode? Of(JsonNode? node) =>
        node switch
        {
            JsonObject map => new JsonObject(
                map.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => KeyValuePair.Create(entry.Key, Of(entry.Value)))
            ),
            JsonArray list => new JsonArray([.. list.Select(Of)]),
            _ => node?.DeepClone(),
        };
}
