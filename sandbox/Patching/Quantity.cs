using System.Globalization;
using System.Numerics;

namespace Flyte.MultiCluster.Sandbox.Patching;

/// <summary>Resource quantities, <c>500m</c>, <c>2Gi</c>.</summary>
internal static class Quantity
{
    private static readonly string[] Decimal = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];

    private static readonly string[] Binary = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

    /// <summary>The form the API server stores: <c>1</c> for <c>1000m</c>, <c>512Mi</c> for <c>0.5Gi</c>; text that is no quantity stays.</summary>
    public static string Canonical(string text)
    {
        var end = text.Length;
        while (end > 0 && !char.IsAsciiDigit(text[end - 1]) && text[end - 1] != '.')
            end--;
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (!decimal.TryParse(text[..end], Style, CultureInfo.InvariantCulture, out var number))
            return text;
        if (number == 0)
            return "0";
        var suffix = text[end..];
        var binary = suffix.Length == 2 ? Array.IndexOf(Binary, suffix) : -1;
        if (binary > 0)
            return Scale(number, binary, 1024, Binary);
        var factor = Array.IndexOf(Decimal, suffix);
        return factor < 0 ? text : Scale(number, factor, 1000, Decimal);
    }

    private static string Scale(decimal number, int suffix, int step, string[] suffixes)
    {
        while (number != decimal.Truncate(number) && suffix > 0)
        {
            number *= step;
            suffix--;
        }
        var whole = new BigInteger(number < 0 ? decimal.Floor(number) : decimal.Ceiling(number));
        while (whole % step == 0 && suffix < suffixes.Length - 1)
        {
            whole /= step;
            suffix++;
        }
        return whole.ToString(CultureInfo.InvariantCulture) + suffixes[suffix];
    }
}
