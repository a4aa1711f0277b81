using System.Globalization;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Patching;

/// <summary>RFC 6902.</summary>
internal static class JsonPatch
{
    /// <summary>Applies the operations, in place.</summary>
    /// <exception cref="Store.ApiException">422 when one fails.</exception>
    public static JsonNode? Apply(JsonNode? document, JsonArray patch)
    {
        // A holder makes the root an ordinary field.
        var holder = new JsonObject { ["root"] = document };
        foreach (var item in patch)
        {
            if (item is not JsonObject operation)
                throw Patches.Unprocessable();
            Run(holder, operation);
        }
        var result = holder["root"];
        holder.Remove("root");
        return result;
    }

    private static void Run(JsonObject holder, JsonObject operation)
    {
        var path = Pointer(operation, "path");
        switch (Text(operation, "op"))
        {
            case "add":
                Add(holder, path, Value(operation));
                break;
            case "remove":
                Remove(holder, path);
                break;
            case "replace":
                Replace(holder, path, Value(operation));
                break;
            case "move":
                Add(holder, path, Remove(holder, Pointer(operation, "from")));
                break;
            case "copy":
                Add(holder, path, Get(holder, Pointer(operation, "from"))?.DeepClone());
                break;
            case "test" when JsonNode.DeepEquals(Find(holder, path), Value(operation)):
                break;
            default:
                throw Patches.Unprocessable();
        }
    }

    private static void Add(JsonObject holder, string[] path, JsonNode? value)
    {
        var name = path[^1];
        switch (Get(holder, path[..^1]))
        {
            case JsonObject map:
                map[name] = value;
                break;
            case JsonArray list:
                list.Insert(name == "-" ? list.Count : Index(name, list.Count), value);
                break;
            default:
                throw Patches.Unprocessable();
        }
    }

    private static void Replace(JsonObject holder, string[] path, JsonNode? value)
    {
        Get(holder, path);
        switch (Get(holder, path[..^1]))
        {
            case JsonArray list:
                list[Index(path[^1], list.Count - 1)] = value;
                break;
            case JsonObject map:
                map[path[^1]] = value;
                break;
        }
    }

    private static JsonNode? Remove(JsonObject holder, string[] path)
    {
        var value = Get(holder, path);
        switch (Get(holder, path[..^1]))
        {
            case JsonArray list:
                list.RemoveAt(Index(path[^1], list.Count - 1));
                break;
            case JsonObject map:
                map.Remove(path[^1]);
                break;
        }
        return value;
    }

    private static JsonNode? Get(JsonObject holder, string[] path) => TryGet(holder, path, out var value) ? value : throw Patches.Unprocessable();

    private static JsonNode? Find(JsonObject holder, string[] path) => TryGet(holder, path, out var value) ? value : null;

    private static bool TryGet(JsonObject holder, string[] path, out JsonNode? value)
    {
        value = holder;
        foreach (var name in path)
        {
            switch (value)
            {
                case JsonObject map when map.TryGetPropertyValue(name, out value):
                    break;
                case JsonArray list:
                    value = list[Index(name, list.Count - 1)];
                    break;
                default:
                    return false;
            }
        }
        return true;
    }

    /// <summary>An index; negative ones count from the end, which the API server's library allows.</summary>
    private static int Index(string text, int highest)
    {
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index))
            throw Patches.Unprocessable();
        var position = index < 0 ? index + highest + 1 : index;
        return position >= 0 && position <= highest ? position : throw Patches.Unprocessable();
    }

    private static string[] Pointer(JsonObject operation, string member)
    {
        var pointer = Text(operation, member);
        if (pointer.Length > 0 && pointer[0] != '/')
            throw Patches.Unprocessable();
        return
        [
            "root",
            .. pointer.Split('/').Skip(1).Select(part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)),
        ];
    }

    private static string Text(JsonObject operation, string member) =>
        operation[member] is JsonValue value && value.TryGetValue(out string? text) ? text : throw Patches.Unprocessable();

    private static JsonNode? Value(JsonObject operation) =>
        operation.TryGetPropertyValue("value", out var value) ? value?.DeepClone() : throw Patches.Unprocessable();
}
