using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.FlyteAdmin.Gateway;

/// <summary>The type of a field in a request, read as protojson reads it.</summary>
internal abstract record FieldType
{
    public static readonly FieldType Text = new Scalar("string", v => v.GetValueKind() == JsonValueKind.String ? v.GetValue<string>() : null);

    public static readonly FieldType Bool = new Scalar("bool", v => v.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? v.GetValue<bool>() : null);

    public static readonly FieldType Int64 = new Scalar(
        "int64",
        v =>
            long.TryParse(v.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n)
                ? n.ToString(CultureInfo.InvariantCulture)
                : null
    );

    public static readonly FieldType Int32 = new Scalar(
        "int32",
        v => int.TryParse(v.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? n : null
    );

    public static readonly FieldType Double = new Scalar(
        "double",
        v => double.TryParse(v.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var n) ? n : null
    );

    /// <summary>Anything, taken as it is.</summary>
    public static readonly FieldType Any = new Whatever();

    /// <summary>Reads a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="name">The field's name, for messages.</param>
    /// <param name="strict">Whether unknown fields are refused.</param>
    /// <exception cref="AdminException">It is of another type, or has an unknown field.</exception>
    public abstract JsonNode? Read(JsonNode value, string name, bool strict);

    protected static AdminException Wrong(string type, string name, JsonNode value) =>
        AdminException.Invalid($"proto: (line 1:1): invalid value for {type} field {name}: {value.ToJsonString()}");

    /// <summary>An enumeration: by name or number, kept by name.</summary>
    public sealed record Enumeration(params IReadOnlyList<string> Names) : FieldType
    {
        public override JsonNode? Read(JsonNode value, string name, bool strict) => Find(value.ToString()) ?? throw Wrong("enum", name, value);

        /// <summary>The name of a value given by name or number; null for none.</summary>
        public string? Find(string value) =>
            int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < Names.Count
                ? Names[number]
                : Names.FirstOrDefault(n => n == value);
    }

    public sealed record List(FieldType Of) : FieldType
    {
        public override JsonNode? Read(JsonNode value, string name, bool strict) =>
            new JsonArray([
                .. (value as JsonArray ?? throw Wrong("repeated", name, value)).Select(v =>
                    v is null ? throw Wrong("repeated", name, value) : Of.Read(v, name, strict)
                ),
            ]);
    }

    public sealed record Map(FieldType Of) : FieldType
    {
        public override JsonNode? Read(JsonNode value, string name, bool strict) =>
            new JsonObject(
                (value as JsonObject ?? throw Wrong("map", name, value)).Select(f =>
                    KeyValuePair.Create(f.Key, f.Value is null ? null : Of.Read(f.Value, f.Key, strict))
                )
            );
    }

    /// <summary>A message; the fields' names may be written as in the .proto or in lower camel case.</summary>
    public sealed record Message(params IReadOnlyList<(string Name, FieldType Type)> Fields) : FieldType
    {
        public override JsonNode? Read(JsonNode value, string name, bool strict) => ReadMessage(value, strict) ?? throw Wrong("message", name, value);

        /// <summary>Reads a message; null for what is no object.</summary>
        public JsonObject? ReadMessage(JsonNode value, bool strict)
        {
            if (value is not JsonObject obj)
                return null;
            JsonObject read = [];
            foreach (var (key, field) in obj)
            {
                var found = Fields.FirstOrDefault(f => f.Name == key || Names.Camel(f.Name) == key);
                if (found.Name is null)
                {
                    if (strict)
                        throw AdminException.Invalid($"proto: (line 1:1): unknown field \"{key}\"");
                }
                else if (field is not null)
                {
                    read[found.Name] = found.Type.Read(field, key, strict);
                }
            }

            return read;
        }
    }

    private sealed record Scalar(string Name, Func<JsonValue, JsonNode?> Convert) : FieldType
    {
        public override JsonNode? Read(JsonNode value, string name, bool strict) =>
            (value is JsonValue v ? Convert(v) : null) ?? throw Wrong(Name, name, value);
    }

    private sealed record Whatever : FieldType
    {
        public override JsonNode? Read(JsonNode value, string name, bool strict) => value.DeepClone();
    }
}

/// <summary>Names of fields.</summary>
internal static class Names
{
    /// <summary>A name of a .proto in lower camel case.</summary>
    public static string Camel(string name) =>
        string.Concat(name.Split('_').Select((part, i) => i == 0 || part.Length == 0 ? part : char.ToUpperInvariant(part[0]) + part[1..]));

    /// <summary>A whole answer with its fields in lower camel case; the keys of maps stay.</summary>
    public static JsonNode? Camel(JsonNode? node, string field = "") =>
        node switch
        {
            JsonObject map when field is "literals" or "parameters" or "values" or "variables" => new JsonObject(
                map.Select(f => KeyValuePair.Create(f.Key, Camel(f.Value)))
            ),
            JsonObject message => new JsonObject(message.Select(f => KeyValuePair.Create(Camel(f.Key), Camel(f.Value, f.Key)))),
            JsonArray list => new JsonArray([.. list.Select(item => Camel(item))]),
            _ => node?.DeepClone(),
        };
}
