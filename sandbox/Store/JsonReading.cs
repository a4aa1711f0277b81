using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Store;

/// <summary>Short ways to read Kubernetes objects held as JSON.</summary>
internal static class JsonReading
{
    /// <summary>Writes JSON as the API server does: compact, without escaping what needs none.</summary>
    public static JsonSerializerOptions Compact { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A string property; null when absent or not a string.</summary>
    public static string? Text(this JsonObject obj, string name) =>
        obj.TryGetPropertyValue(name, out JsonNode? node) && node is JsonValue v && v.TryGetValue(out string? text) ? text : null;

    /// <summary>A metadata string; null when absent.</summary>
    public static string? Metadata(this JsonObject obj, string name) => (obj["metadata"] as JsonObject)?.Text(name);

    /// <summary>A whole number; null when absent or not one.</summary>
    public static long? Number(this JsonObject obj, string name) =>
        obj.TryGetPropertyValue(name, out JsonNode? node) && node is JsonValue v && v.TryGetLong(out long n) ? n : null;

    /// <summary>A boolean; false when absent.</summary>
    public static bool Flag(this JsonObject obj, string name) =>
        obj.TryGetPropertyValue(name, out JsonNode? node) && node is JsonValue v && v.TryGetValue(out bool b) && b;

    /// <summary>The strings of a list; empty when absent.</summary>
    public static string[] Texts(this JsonObject obj, string name) =>
        obj[name] is JsonArray a ? [.. a.Select(n => n is JsonValue v && v.TryGetValue(out string? s) ? s : "").Where(s => s.Length > 0)] : [];

    /// <summary>The objects of a list; empty when absent.</summary>
    public static IEnumerable<JsonObject> Objects(this JsonObject obj, string name) => obj[name] is JsonArray a ? a.OfType<JsonObject>() : [];

    /// <summary>A child object at a path; null when any step is missing.</summary>
    public static JsonObject? Child(this JsonObject obj, params ReadOnlySpan<string> path)
    {
        JsonObject? at = obj;
        foreach (string step in path)
            at = at?[step] as JsonObject;
        return at;
    }

    /// <summary>A child object, made when missing.</summary>
    public static JsonObject ChildOrNew(this JsonObject obj, string name)
    {
        if (obj[name] is JsonObject child)
            return child;
        JsonObject made = [];
        obj[name] = made;
        return made;
    }

    /// <summary>Sets a property that is absent or null.</summary>
    public static void Default(this JsonObject obj, string name, JsonNode value)
    {
        if (obj[name] is null)
            obj[name] = value;
    }

    /// <summary>A copy of a JSON object.</summary>
    public static JsonObject Copy(this JsonObject obj) => (JsonObject)obj.DeepClone();

    private static bool TryGetLong(this JsonValue value, out long number)
    {
        if (value.TryGetValue(out number))
            return true;
        if (value.TryGetValue(out int i))
        {
            number = i;
            return true;
        }
        return value.GetValueKind() == JsonValueKind.Number && long.TryParse(value.ToJsonString(), out number);
    }
}
