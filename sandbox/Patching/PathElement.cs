using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Patching;

/// <summary>One step of a field path, in its FieldsV1 form: <c>f:name</c>, <c>k:{"name":"x"}</c>, <c>v:"x"</c>.</summary>
internal static class PathElement
{
    /// <summary>JSON without the escapes that only HTML needs.</summary>
    public static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The order in which the API server writes elements: fields, keys, values.</summary>
    public static IComparer<string> Order { get; } = Comparer<string>.Create(Compare);

    /// <summary>A field's element.</summary>
    public static string Field(string name) => "f:" + name;

    /// <summary>The element of an item of a list.</summary>
    public static string Item(JsonNode? item, FieldSchema list)
    {
        if (list.Shape == Shape.Set)
            return "v:" + Json(item);
        var parts = list.Keys.Select(key => Json(key.Name) + ":" + Json((item as JsonObject)?[key.Name] ?? key.Default));
        return "k:{" + string.Join(',', parts) + "}";
    }

    /// <summary>An element read from a client, in the API server's spelling.</summary>
    public static string Canonical(string element)
    {
        if (element.Length < 2 || element[1] != ':' || !"fkvi".Contains(element[0], StringComparison.Ordinal))
            throw new FormatException($"unknown path element {element}");
        if (element.StartsWith("v:", StringComparison.Ordinal))
            return "v:" + Json(JsonNode.Parse(element[2..]));
        if (!element.StartsWith("k:", StringComparison.Ordinal))
            return element;
        var key = JsonNode.Parse(element[2..])!.AsObject();
        return "k:"
            + Json(
                new JsonObject(key.OrderBy(part => part.Key, StringComparer.Ordinal).Select(part => KeyValuePair.Create(part.Key, part.Value?.DeepClone())))
            );
    }

    /// <summary>The element in a path as people read it: <c>.data</c>, <c>[name="x"]</c>, <c>[="x"]</c>.</summary>
    public static string Display(string element) =>
        element[..2] switch
        {
            "f:" => "." + element[2..],
            "k:" => "[" + string.Join(',', JsonNode.Parse(element[2..])!.AsObject().Select(part => part.Key + "=" + Json(part.Value))) + "]",
            "v:" => "[=" + element[2..] + "]",
            _ => "[" + element[2..] + "]",
        };

    private static string Json(JsonNode? node) => node?.ToJsonString(Relaxed) ?? "null";

    private static int Compare(string? left, string? right)
    {
        if (string.Equals(left, right, StringComparison.Ordinal))
            return 0;
        if (left is not { Length: > 1 } || right is not { Length: > 1 } || left[0] != right[0] || left[0] is not ('k' or 'v'))
            return Kind(left).CompareTo(Kind(right)) is var kind && kind != 0 ? kind : string.CompareOrdinal(left, right);
        var values =
            left[0] == 'v'
                ? [(JsonNode.Parse(left[2..]), JsonNode.Parse(right[2..]))]
                : JsonNode.Parse(left[2..])!.AsObject().Zip(JsonNode.Parse(right[2..])!.AsObject(), (l, r) => (l.Value, r.Value));
        foreach (var (l, r) in values)
        {
            var order = CompareValues(l, r);
            if (order != 0)
                return order;
        }
        return string.CompareOrdinal(left, right);
    }

    private static int Kind(string? element) => "fkvi".IndexOf(element is { Length: > 0 } ? element[0] : '?', StringComparison.Ordinal);

    private static int CompareValues(JsonNode? left, JsonNode? right) =>
        left?.GetValueKind() == JsonValueKind.Number && right?.GetValueKind() == JsonValueKind.Number
            ? decimal.Parse(left.ToJsonString()).CompareTo(decimal.Parse(right.ToJsonString()))
            : string.CompareOrdinal(left?.ToString(), right?.ToString());
}
