using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Values;

/// <summary>Writes values as block-style YAML that go-yaml, Helm and YAML 1.2 readers all read the same.</summary>
internal static class ValuesWriter
{
    /// <inheritdoc cref="IHelmValues.Write"/>
    public static string Write(JsonObject values)
    {
        if (values.Count == 0)
        {
            return "{}\n";
        }

        var text = new StringBuilder();
        WriteMap(text, values, 0, indentFirst: true);
        return text.ToString();
    }

    private static void WriteMap(StringBuilder text, JsonObject map, int indent, bool indentFirst)
    {
        foreach (var (key, value) in map)
        {
            text.Append(' ', indentFirst ? indent : 0).Append(Inline(key)).Append(':');
            indentFirst = true;
            WriteValue(text, value, indent, isItem: false);
        }
    }

    private static void WriteValue(StringBuilder text, JsonNode? value, int indent, bool isItem)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } map:
                text.Append(isItem ? ' ' : '\n');
                WriteMap(text, map, indent + 2, indentFirst: !isItem);
                break;
            case JsonArray { Count: > 0 } list:
                text.Append('\n');
                foreach (var item in list)
                {
                    text.Append(' ', indent + 2).Append('-');
                    WriteValue(text, item, indent + 2, isItem: true);
                }

                break;
            case JsonValue single when single.GetValueKind() == JsonValueKind.String && IsBlock(single.GetValue<string>()):
                WriteBlock(text, single.GetValue<string>(), indent + 2);
                break;
            default:
                text.Append(' ').Append(Scalar(value)).Append('\n');
                break;
        }
    }

    private static string Scalar(JsonNode? node)
    {
        switch (node)
        {
            case null:
                return "null";
            case JsonObject:
                return "{}";
            case JsonArray:
                return "[]";
        }

        var value = node.AsValue();
        return value.GetValueKind() switch
        {
            JsonValueKind.String => Inline(value.GetValue<string>()),
            JsonValueKind.Number => ValuesComparison.NumberOf(value).ToString("R", CultureInfo.InvariantCulture),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => "null",
        };
    }

    /// <summary>Whether a string reads best, and safely, as a literal block: lines of printable text, the last one ended.</summary>
    private static bool IsBlock(string value) =>
        value.Length > 1 && value[^1] == '\n' && value[^2] != '\n' && value[0] is not (' ' or '\n') && value.All(c => c == '\n' || c is >= ' ' and <= '~');

    private static void WriteBlock(StringBuilder text, string value, int indent)
    {
        text.Append(" |\n");
        foreach (var line in value.AsSpan(0, value.Length - 1).EnumerateLines())
        {
            text.Append(' ', line.Length == 0 ? 0 : indent).Append(line).Append('\n');
        }
    }

    private static string Inline(string value) => IsPlain(value) ? value : Quoted(value);

    /// <summary>Whether a string may stand without quotes: it begins as a word or a path, holds nothing that means anything, and is no number, bool, null or
    /// date.</summary>
    private static bool IsPlain(string value)
    {
        if (value.Length is 0 or > 200 || !(char.IsAsciiLetter(value[0]) || value[0] is '/' or '_') || value[^1] is ' ' or ':')
        {
            return false;
        }

        for (var i = 1; i < value.Length; i++)
        {
            var allowed =
                char.IsAsciiLetterOrDigit(value[i])
                || value[i] is '-' or '_' or '.' or '/' or '+' or '@' or '=' or '*' or '$'
                || (value[i] == ':' && value[i + 1] != ' ')
                || (value[i] == ' ' && value[i + 1] is not ('#' or ' '));
            if (!allowed)
            {
                return false;
            }
        }

        return YamlScalar.ResolvePlain(value).Type == YamlScalarType.String;
    }

    private static string Quoted(string value)
    {
        var text = new StringBuilder("\"");
        foreach (var rune in value.EnumerateRunes())
        {
            text.Append(
                rune.Value switch
                {
                    '"' => "\\\"",
                    '\\' => "\\\\",
                    '\n' => "\\n",
                    '\t' => "\\t",
                    '\r' => "\\r",
                    < ' ' or (>= 0x7f and < 0xa0) => string.Create(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
                    0x2028 or 0x2029 or 0xfeff or (>= 0xfff0 and <= 0xffff) => string.Create(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"),
                    _ => rune.ToString(),
                }
            );
        }

        return text.Append('"').ToString();
    }
}
