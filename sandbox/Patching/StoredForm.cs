using System.Text;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Patching;

/// <summary>
/// What an object looks like once the API server has decoded it into its own type: no nulls, no empty maps and lists,
/// quantities in canonical form, a Secret's stringData in data. Custom resources stay as they are.
/// </summary>
internal static class StoredForm
{
    private static readonly string[] KeptWhenEmpty = ["rules", "containers", "versions", "storedVersions", "endpoints"];

    private static readonly string[] KeptWhenNull = ["lastProbeTime", "firstTimestamp", "lastTimestamp", "eventTime"];

    /// <summary>A copy of the object in stored form.</summary>
    public static JsonObject Of(JsonObject obj)
    {
        var kind = KindSchemas.For(obj);
        var copy = obj.DeepClone().AsObject();
        if (!kind.BuiltIn)
            return copy;
        // Inside a CRD lie JSON values that are the user's own.
        Clean(copy, kind.Schema, dropEmpty: (string?)copy["kind"] != "CustomResourceDefinition");
        if ((string?)copy["kind"] == "Secret")
            MoveStringData(copy);
        return copy;
    }

    private static void Clean(JsonNode node, FieldSchema schema, bool dropEmpty)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list)
            {
                if (item is JsonObject or JsonArray)
                    Clean(item, schema.Item ?? FieldSchema.Plain, dropEmpty);
            }
            return;
        }
        var map = node.AsObject();
        foreach (var (name, value) in schema.Defaults)
            map.TryAdd(name, value);
        foreach (var (name, value) in map.ToList())
        {
            var field = schema.Field(name);
            if (value is JsonObject or JsonArray)
                Clean(value, field, dropEmpty);
            // A null string in a map decodes to an empty one.
            if (value is null && schema.Shape == Shape.Map && schema.Item is null)
                map[name] = "";
            else if (value is null ? !KeptWhenNull.Contains(name) : dropEmpty && IsDroppedEmpty(name, value, field))
                map.Remove(name);
            else if (field.Shape == Shape.Quantity && value is JsonValue)
                map[name] = Quantity.Canonical(value.ToString());
        }
    }

    private static bool IsDroppedEmpty(string name, JsonNode value, FieldSchema schema) =>
        value switch
        {
            JsonObject { Count: 0 } => schema.Shape == Shape.Map,
            JsonArray { Count: 0 } => !KeptWhenEmpty.Contains(name),
            _ => false,
        };

    private static void MoveStringData(JsonObject secret)
    {
        if (secret["stringData"] is JsonObject strings)
        {
            var data = secret["data"] as JsonObject;
            if (data is null)
                secret["data"] = data = [];
            foreach (var (name, value) in strings)
                data[name] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value?.ToString() ?? ""));
        }
        secret.Remove("stringData");
    }
}
