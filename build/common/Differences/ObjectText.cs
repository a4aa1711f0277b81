using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Flyte.MultiCluster.Common.Differences;

/// <summary>Objects as text that is the same for the same object: for people in YAML's block style, and for a digest.</summary>
internal static partial class ObjectText
{
    /// <summary>The object for people: keys in order, and every text of several lines as such, so that a difference shows its lines.</summary>
    /// <param name="node">The object; null for none.</param>
    public static string Of(JsonNode? node)
    {
        var text = new StringBuilder();
        if (node is JsonObject { Count: > 0 } map)
            Map(text, map, string.Empty, isItem: false);
        else if (node is not (null or JsonObject))
            text.Append(Scalar(node)).Append('\n');
        return text.ToString();
    }

    /// <summary>A hash of objects, in which neither the order of keys nor the way a number is written counts.</summary>
    /// <param name="nodes">The objects; null for one that is not there.</param>
    public static string Fingerprint(params IEnumerable<JsonNode?> nodes)
    {
        var text = new StringBuilder();
        foreach (var node in nodes)
        {
            Canonical(text, node);
            text.Append('\n');
        }

        return Fingerprint(text.ToString());
    }

    /// <summary>A hash of a text.</summary>
    public static string Fingerprint(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static void Map(StringBuilder text, JsonObject map, string indent, bool isItem)
    {
        foreach (var (key, value) in map.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            text.Append(isItem ? string.Empty : indent).Append(Quoted(key)).Append(':');
            isItem = false;
            Value(text, value, indent);
        }
    }

    private static void Value(StringBuilder text, JsonNode? value, string indent)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } map:
                text.Append('\n');
                Map(text, map, indent + "  ", isItem: false);
                break;
            case JsonArray { Count: > 0 } list:
                text.Append('\n');
                List(text, list, indent);
                break;
            case JsonValue when value.GetValueKind() == JsonValueKind.String && value.ToString().Contains('\n', StringComparison.Ordinal):
                Block(text, value.ToString(), indent + "  ");
                break;
            default:
                text.Append(' ').Append(Scalar(value)).Append('\n');
                break;
        }
    }

    private static void List(StringBuilder text, JsonArray list, string indent)
    {
        foreach (var item in list)
        {
            text.Append(indent).Append('-');
            if (item is JsonObject { Count: > 0 } map)
            {
                text.Append(' ');
                Map(text, map, indent + "  ", isItem: true);
            }
            else
            {
                Value(text, item, indent);
            }
        }
    }

    private static void Block(StringBuilder text, string value, string indent)
    {
        text.Append(value.EndsWith('\n') ? " |\n" : " |-\n");
        foreach (var line in value.TrimEnd('\n').Split('\n'))
            text.Append(line.Length == 0 ? string.Empty : indent).Append(Printable(line)).Append('\n');
    }

    private static string Scalar(JsonNode? value) =>
        value switch
        {
            null => "null",
            JsonObject => "{}",
            JsonArray => "[]",
            _ when value.GetValueKind() == JsonValueKind.String => Quoted(value.ToString()),
            _ when value.GetValueKind() == JsonValueKind.Number => Number(value),
            _ => value.ToJsonString(),
        };

    private static string Quoted(string text) => Plain().IsMatch(text) && text is not ("true" or "false" or "null") ? text : $"\"{Printable(text)}\"";

    // Nothing that a cluster holds gets to work a terminal.
    private static string Printable(string text) =>
        string.Concat(text.Select(letter => char.IsControl(letter) ? string.Create(CultureInfo.InvariantCulture, $"\\x{(int)letter:x2}") : $"{letter}"));

    private static string Number(JsonNode value) =>
        double.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number.ToString("R", CultureInfo.InvariantCulture)
            : value.ToJsonString();

    private static void Canonical(StringBuilder text, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                text.Append('{');
                foreach (var (key, value) in map.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                {
                    text.Append(JsonSerializer.Serialize(key)).Append(':');
                    Canonical(text, value);
                    text.Append(',');
                }

                text.Append('}');
                break;
            case JsonArray list:
                text.Append('[');
                foreach (var item in list)
                {
                    Canonical(text, item);
                    text.Append(',');
                }

                text.Append(']');
                break;
            case JsonValue when node.GetValueKind() == JsonValueKind.Number:
                text.Append(Number(node));
                break;
            default:
                text.Append(node?.ToJsonString() ?? "null");
                break;
        }
    }

    [GeneratedRegex(@"^[A-Za-z/_\[](?:[\w./@+=*$,\[\]-]|:(?! |$)| (?![# ]|$))*$", RegexOptions.None, 1000)]
    private static partial Regex Plain();
}
