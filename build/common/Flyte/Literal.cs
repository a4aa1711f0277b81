using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Flyte;

/// <summary>flyteidl's <c>Literal</c> of a value, as grpc-gateway has it in JSON (<c>core/literals.proto</c>, <c>core/types.proto</c>).</summary>
internal static class Literal
{
    /// <summary>The literal; null when the value does not fit, or the type is one that YAML has no values for.</summary>
    /// <param name="value">The value as YAML has it.</param>
    /// <param name="type">The <c>LiteralType</c>.</param>
    public static JsonObject? Of(JsonNode? value, JsonObject type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return type switch
        {
            _ when type["simple"] is { } simple => Simple(value, simple.ToString()),
            _ when type["collection_type"] is JsonObject item => Collection(value, item),
            _ when type["map_value_type"] is JsonObject item => Map(value, item),
            _ when type["enum_type"] is JsonObject choice => Texts(choice["values"]).Contains(Text(value)) ? Primitive("string_value", Text(value)) : null,
            _ when type["union_type"] is JsonObject union => Union(value, union),
            _ when type["blob"] is JsonObject blob => Text(value) is { } uri
                ? Scalar(
                    "blob",
                    new JsonObject
                    {
                        ["metadata"] = new JsonObject { ["type"] = blob.DeepClone() },
                        ["uri"] = uri,
                    }
                )
                : null,
            _ => null,
        };
    }

    /// <summary>The type in words: <c>an integer</c>.</summary>
    public static string Describe(JsonObject type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return type switch
        {
            _ when type["simple"] is { } simple => simple.ToString() switch
            {
                "INTEGER" => "an integer",
                "FLOAT" => "a number",
                "STRING" => "a string",
                "BOOLEAN" => "true or false",
                "DATETIME" => "a time",
                "DURATION" => "a duration",
                "STRUCT" => "a map",
                "NONE" => "nothing",
                var other => other,
            },
            _ when type["collection_type"] is JsonObject item => $"a list, each {Describe(item)}",
            _ when type["map_value_type"] is JsonObject item => $"a map, each value {Describe(item)}",
            _ when type["enum_type"] is JsonObject choice => $"one of {string.Join(", ", Texts(choice["values"]))}",
            _ when type["union_type"] is JsonObject union => string.Join(" or ", Variants(union).Select(Describe)),
            _ when type["blob"] is not null => "a file's or folder's URI",
            _ => "a type that cannot be written in YAML",
        };
    }

    /// <summary>How to write a value of the type.</summary>
    public static string Hint(JsonObject type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return type["simple"]?.ToString() switch
        {
            "DATETIME" => "Write it in quotes: \"2026-01-31T00:00:00Z\".",
            "DURATION" => "Write seconds in quotes: \"90s\".",
            "STRING" => "Write it in quotes.",
            _ when type.ContainsKey("schema") || type.ContainsKey("structured_dataset_type") =>
                "Choose a launch plan with simpler inputs, or with a default for this one.",
            _ => "Write one of that type.",
        };
    }

    private static JsonObject? Simple(JsonNode? value, string type) =>
        type switch
        {
            "INTEGER" => Whole(value) is { } whole ? Primitive("integer", whole) : null,
            "FLOAT" => Number(value) is { } number ? Primitive("float_value", number) : null,
            "STRING" => Text(value) is { } text ? Primitive("string_value", text) : null,
            "BOOLEAN" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? Primitive("boolean", value.DeepClone()) : null,
            "DATETIME" => DateTimeOffset.TryParse(Text(value), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
                ? Primitive("datetime", time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture))
                : null,
            "DURATION" => Text(value) is [.. var seconds, 's'] && double.TryParse(seconds, CultureInfo.InvariantCulture, out _)
                ? Primitive("duration", Text(value))
                : null,
            "STRUCT" => value is JsonObject map ? Scalar("generic", map.DeepClone()) : null,
            "NONE" => value is null ? Scalar("none_type", new JsonObject()) : null,
            _ => null,
        };

    private static JsonObject? Collection(JsonNode? value, JsonObject item)
    {
        var literals = (value as JsonArray)?.Select(element => Of(element, item)).ToArray();
        return literals is null || literals.Contains(null)
            ? null
            : new JsonObject { ["collection"] = new JsonObject { ["literals"] = new JsonArray([.. literals]) } };
    }

    private static JsonObject? Map(JsonNode? value, JsonObject item)
    {
        if (value is not JsonObject map)
            return null;
        var literals = new JsonObject();
        foreach (var (key, element) in map)
        {
            if (Of(element, item) is not { } literal)
                return null;
            literals[key] = literal;
        }

        return new JsonObject { ["map"] = new JsonObject { ["literals"] = literals } };
    }

    // The first variant that takes the value, as flytekit does.
    private static JsonObject? Union(JsonNode? value, JsonObject union)
    {
        foreach (var variant in Variants(union))
        {
            if (Of(value, variant) is { } literal)
                return Scalar("union", new JsonObject { ["value"] = literal, ["type"] = variant.DeepClone() });
        }

        return null;
    }

    private static IEnumerable<JsonObject> Variants(JsonObject union) => (union["variants"] as JsonArray ?? []).OfType<JsonObject>();

    private static IEnumerable<string?> Texts(JsonNode? list) => (list as JsonArray ?? []).Select(Text).Where(text => text is not null);

    private static string? Text(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String ? (string?)value : null;

    // An int64 is a text in protobuf's JSON.
    private static string? Whole(JsonNode? value) =>
        value?.GetValueKind() == JsonValueKind.Number
        && long.TryParse(value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
            ? whole.ToString(CultureInfo.InvariantCulture)
            : null;

    private static JsonNode? Number(JsonNode? value) => value?.GetValueKind() == JsonValueKind.Number ? value.DeepClone() : null;

    private static JsonObject Primitive(string field, JsonNode? value) => Scalar("primitive", new JsonObject { [field] = value });

    private static JsonObject Scalar(string field, JsonNode value) => new() { ["scalar"] = new JsonObject { [field] = value } };
}
