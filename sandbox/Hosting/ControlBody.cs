using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Hosting;

/// <summary>An object that was sent to the control interface, with known fields.</summary>
internal sealed class ControlBody
{
    private readonly JsonObject _body;

    /// <summary>Takes an object.</summary>
    /// <param name="node">It.</param>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="fields">The fields that it may have.</param>
    /// <exception cref="FormatException">It is no object, or has another field.</exception>
    public ControlBody(JsonNode? node, string what, params IReadOnlyList<string> fields)
    {
        _body = node as JsonObject ?? throw new FormatException($"\"{what}\" must be a JSON object");
        if (_body.Select(f => f.Key).FirstOrDefault(key => !fields.Contains(key, StringComparer.Ordinal)) is { } unknown)
            throw new FormatException($"\"{what}\" has no field \"{unknown}\"; it has {string.Join(", ", fields)}");
    }

    /// <summary>A string that must not be missing, unless there is another one instead.</summary>
    public string Text(string name, string? instead = null) =>
        _body[name] switch
        {
            null when instead is not null => instead,
            JsonValue value when value.TryGetValue<string>(out var text) && text.Length > 0 => text,
            _ => throw new FormatException($"\"{name}\" must be a string, not empty"),
        };

    /// <summary>A whole number, not negative.</summary>
    public int Number(string name, int instead) =>
        _body[name] switch
        {
            null => instead,
            JsonValue value when value.TryGetValue<int>(out var number) && number >= 0 => number,
            _ => throw new FormatException($"\"{name}\" must be a whole number"),
        };

    /// <summary>A boolean.</summary>
    public bool Flag(string name, bool instead) =>
        _body[name] switch
        {
            null => instead,
            JsonValue value when value.TryGetValue<bool>(out var flag) => flag,
            _ => throw new FormatException($"\"{name}\" must be true or false"),
        };

    /// <summary>A part; null for a missing one.</summary>
    public JsonNode? Node(string name) => _body[name];
}
