using System.Globalization;
using System.Text;

namespace Flyte.MultiCluster.Common.Values;

/// <summary>What a YAML scalar means to Helm.</summary>
internal enum YamlScalarType
{
    /// <summary>Text.</summary>
    String,

    /// <summary>true or false.</summary>
    Bool,

    /// <summary>A whole number.</summary>
    Int,

    /// <summary>A floating point number.</summary>
    Float,

    /// <summary>Nothing.</summary>
    Null,
}

/// <summary>
/// A YAML scalar as sigs.k8s.io/yaml resolves it, whose decoder is go-yaml v2's: YAML 1.1 with its own number forms.
/// Checked against the helm binaries, not only read.
/// </summary>
/// <param name="Type">What it is.</param>
/// <param name="Text">The text it was written as; for <c>!!binary</c>, what it encodes.</param>
/// <param name="Flag">The value of a bool.</param>
/// <param name="Integer">The value of a whole number.</param>
/// <param name="Number">The value of a whole or a floating point number, as the float64 that Helm keeps.</param>
internal readonly record struct YamlScalar(YamlScalarType Type, string Text, bool Flag = false, Int128 Integer = default, double Number = 0)
{
    /// <summary>Resolves a scalar node.</summary>
    /// <exception cref="YamlFailureException">Its tag contradicts its text.</exception>
    public static YamlScalar Resolve(SourceNode node)
    {
        if (node.Tag is null)
        {
            return node.IsPlain ? ResolvePlain(node.Value) : new YamlScalar(YamlScalarType.String, node.Value);
        }

        switch (node.Tag)
        {
            case YamlTags.Binary:
                return new YamlScalar(YamlScalarType.String, FromBase64(node));
            case YamlTags.Bool:
                return Require(node, YamlScalarType.Bool);
            case YamlTags.Int:
                return Require(node, YamlScalarType.Int);
            case YamlTags.Null:
                return Require(node, YamlScalarType.Null);
            case YamlTags.Timestamp:
                return LooksLikeDate(node.Value) ? new YamlScalar(YamlScalarType.String, node.Value) : throw TagMismatch(node);
            case YamlTags.Float:
                var number = ResolvePlain(node.Value);
                return number.Type == YamlScalarType.Int ? number with { Type = YamlScalarType.Float } : Require(node, YamlScalarType.Float);
            default:
                return new YamlScalar(YamlScalarType.String, node.Value);
        }
    }

    /// <summary>Resolves the text of a plain scalar.</summary>
    public static YamlScalar ResolvePlain(string text)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return new YamlScalar(YamlScalarType.Null, text);
            case "y" or "Y" or "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON":
                return new YamlScalar(YamlScalarType.Bool, text, Flag: true);
            case "n" or "N" or "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF":
                return new YamlScalar(YamlScalarType.Bool, text);
            case ".nan" or ".NaN" or ".NAN":
                return new YamlScalar(YamlScalarType.Float, text, Number: double.NaN);
            case ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF":
                return new YamlScalar(YamlScalarType.Float, text, Number: double.PositiveInfinity);
            case "-.inf" or "-.Inf" or "-.INF":
                return new YamlScalar(YamlScalarType.Float, text, Number: double.NegativeInfinity);
        }

        if (text[0] == '.')
        {
            return GoNumbers.TryParseDotted(text, out var dotted) ? Float(text, dotted) : new YamlScalar(YamlScalarType.String, text);
        }

        if (text[0] is not ('+' or '-' or (>= '0' and <= '9')))
        {
            return new YamlScalar(YamlScalarType.String, text);
        }

        var digits = text.Replace("_", "", StringComparison.Ordinal);
        if (GoNumbers.TryParseInteger(digits, out var integer))
        {
            return new YamlScalar(YamlScalarType.Int, text, Integer: integer, Number: (double)integer);
        }

        return GoNumbers.TryParseFloat(digits, out var number) ? Float(text, number) : new YamlScalar(YamlScalarType.String, text);
    }

    private static YamlScalar Float(string text, double number) => new(YamlScalarType.Float, text, Number: number);

    private static YamlScalar Require(SourceNode node, YamlScalarType type)
    {
        var scalar = ResolvePlain(node.Value);
        return scalar.Type == type ? scalar : throw TagMismatch(node);
    }

    private static YamlFailureException TagMismatch(SourceNode node) =>
        YamlFailureException.At(node, $"The tag !!{node.Tag!.Split(':')[^1]} does not fit the value.");

    private static bool LooksLikeDate(string text) =>
        text.Length >= 8
        && text.AsSpan(0, 4).IndexOfAnyExceptInRange('0', '9') < 0
        && text[4] == '-'
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _);

    private static string FromBase64(SourceNode node)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(node.Value));
        }
        catch (FormatException)
        {
            throw YamlFailureException.At(node, "The !!binary value is not base64.");
        }
    }

    /// <summary>This scalar as the key of a JSON object; null where Helm takes no such key.</summary>
    public string? AsKey() =>
        Type switch
        {
            YamlScalarType.String => Text,
            YamlScalarType.Bool => Flag ? "true" : "false",
            YamlScalarType.Int when Integer <= long.MaxValue => Integer.ToString(CultureInfo.InvariantCulture),
            YamlScalarType.Float => GoNumbers.FormatKey(Number),
            _ => null,
        };
}
