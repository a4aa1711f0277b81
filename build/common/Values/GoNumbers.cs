using System.Globalization;

namespace Flyte.MultiCluster.Common.Values;

/// <summary>Numbers as Go's strconv and go-yaml v2 read and write them.</summary>
internal static class GoNumbers
{
    /// <summary><c>ParseInt(text, 0, 64)</c>, else <c>ParseUint(text, 0, 64)</c>, else go-yaml's own reading of <c>0b</c>.</summary>
    public static bool TryParseInteger(string text, out Int128 value)
    {
        var negative = text[0] == '-';
        var magnitude = text.AsSpan(text[0] is '-' or '+' ? 1 : 0);
        if (TryParseMagnitude(magnitude, out var parsed))
        {
            value = negative ? -parsed : parsed;
            return text[0] switch
            {
                '-' => value >= long.MinValue,
                '+' => value <= long.MaxValue,
                _ => value <= ulong.MaxValue,
            };
        }

        // go-yaml hands what follows 0b to ParseInt with its sign.
        value = 0;
        return text.StartsWith("0b", StringComparison.Ordinal)
            && text.Length > 3
            && text[2] is '+' or '-'
            && TryParseDigits(text.AsSpan(3), 2, out parsed)
            && parsed <= long.MaxValue
            && ((value = text[2] == '-' ? -parsed : parsed) == value);
    }

    private static bool TryParseMagnitude(ReadOnlySpan<char> text, out Int128 value)
    {
        if (text.Length > 1 && text[0] == '0')
        {
            return text[1] switch
            {
                'x' or 'X' => TryParseDigits(text[2..], 16, out value),
                'b' or 'B' => TryParseDigits(text[2..], 2, out value),
                'o' or 'O' => TryParseDigits(text[2..], 8, out value),
                _ => TryParseDigits(text[1..], 8, out value),
            };
        }

        return TryParseDigits(text, 10, out value);
    }

    private static bool TryParseDigits(ReadOnlySpan<char> text, int numberBase, out Int128 value)
    {
        value = 0;
        foreach (var digit in text)
        {
            var amount = char.IsAsciiHexDigit(digit) ? Convert.ToInt32(digit.ToString(), 16) : int.MaxValue;
            if (amount >= numberBase || value > ulong.MaxValue)
            {
                return false;
            }

            value = (value * numberBase) + amount;
        }

        return text.Length > 0;
    }

    /// <summary>go-yaml's <c>^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$</c>, finite.</summary>
    public static bool TryParseFloat(string text, out double value)
    {
        var at = text.Length > 0 && text[0] is '-' or '+' ? 1 : 0;
        var whole = Digits(text, ref at);
        var fraction = 0;
        if (at < text.Length && text[at] == '.')
        {
            at++;
            fraction = Digits(text, ref at);
        }

        var valid = whole + fraction > 0;
        if (at < text.Length && text[at] is 'e' or 'E')
        {
            at++;
            at += at < text.Length && text[at] is '-' or '+' ? 1 : 0;
            valid &= Digits(text, ref at) > 0;
        }

        value = 0;
        return valid && at == text.Length && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
    }

    private static int Digits(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return at - start;
    }

    /// <summary><c>ParseFloat</c> of a text that begins with a dot: underscores may stand between digits.</summary>
    public static bool TryParseDotted(string text, out double value)
    {
        value = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '_' && !(i + 1 < text.Length && char.IsAsciiDigit(text[i - 1]) && char.IsAsciiDigit(text[i + 1])))
            {
                return false;
            }
        }

        return TryParseFloat(text.Replace("_", "", StringComparison.Ordinal), out value);
    }

    /// <summary><c>FormatFloat(value, 'g', -1, 32)</c>, single precision as sigs.k8s.io/yaml writes keys, with YAML's names for what is not finite.</summary>
    public static string FormatKey(double value)
    {
        var single = (float)value;
        if (!float.IsFinite(single))
        {
            return float.IsNaN(single) ? ".nan"
                : single > 0 ? ".inf"
                : "-.inf";
        }

        var shortest = single.ToString("R", CultureInfo.InvariantCulture);
        var sign = shortest[0] == '-' ? "-" : "";
        var digits = Significant(shortest.TrimStart('-'), out var exponent);
        return sign + (exponent is < -4 or >= 6 ? Mantissa(digits) + Exponent(exponent) : Positional(digits, exponent));
    }

    private static string Significant(string text, out int exponent)
    {
        var mark = text.IndexOf('E', StringComparison.Ordinal);
        exponent = mark < 0 ? 0 : int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = mark < 0 ? text : text[..mark];
        var dot = mantissa.IndexOf('.', StringComparison.Ordinal);
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        exponent += (dot < 0 ? mantissa.Length : dot) - 1;
        var significant = digits.TrimStart('0');
        if (significant.Length == 0)
        {
            exponent = 0;
            return "0";
        }

        exponent -= digits.Length - significant.Length;
        return significant.TrimEnd('0');
    }

    private static string Mantissa(string digits) => digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";

    private static string Exponent(int exponent) => $"e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";

    private static string Positional(string digits, int exponent)
    {
        if (exponent < 0)
        {
            return "0." + new string('0', -exponent - 1) + digits;
        }

        return digits.Length <= exponent + 1 ? digits.PadRight(exponent + 1, '0') : $"{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }
}
