using System.Globalization;

namespace Flyte.MultiCluster.Common.Options;

/// <summary>Durations as Go, Helm and kubectl write them, and as .NET does.</summary>
public static class Durations
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    private static readonly (string Unit, TimeSpan Span)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("d", TimeSpan.FromDays(1)),
        ("h", TimeSpan.FromHours(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("s", TimeSpan.FromSeconds(1)),
    ];

    /// <summary>Reads <c>90s</c>, <c>1h30m</c>, <c>1.5h</c>, <c>500ms</c> (units from large to small, each once) or <c>hh:mm:ss</c>.</summary>
    /// <param name="text">The duration as written.</param>
    /// <param name="duration">The duration, above zero and at most seven days.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryRead(string text, out TimeSpan duration) => TryRead(text, Longest, out duration);

    /// <summary>Reads an age, written as a duration is: <c>30d</c>.</summary>
    /// <param name="text">The age as written.</param>
    /// <param name="age">The age, above zero and at most a thousand days.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryReadAge(string text, out TimeSpan age) => TryRead(text, TimeSpan.FromDays(1000), out age);

    private static bool TryRead(string text, TimeSpan longest, out TimeSpan duration)
    {
        ArgumentNullException.ThrowIfNull(text);
        var read = text.Contains(':', StringComparison.Ordinal)
            ? TimeSpan.TryParseExact(text, [@"h\:mm\:ss", @"hh\:mm\:ss"], CultureInfo.InvariantCulture, out duration)
            : TryReadUnits(text, out duration);
        return read && duration > TimeSpan.Zero && duration <= longest;
    }

    private static bool TryReadUnits(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var last = TimeSpan.MaxValue;
        var at = 0;
        while (at < text.Length)
        {
            var start = at;
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.'))
                at++;
            var (unit, span) = Array.Find(Units, candidate => text.AsSpan(at).StartsWith(candidate.Unit, StringComparison.Ordinal));
            if (unit is null || span >= last || !IsNumber(text.AsSpan(start, at - start), out var number) || number * span.TotalDays > 1000)
                return false;
            duration += number * span;
            last = span;
            at += unit.Length;
        }

        return true;
    }

    private static bool IsNumber(ReadOnlySpan<char> digits, out double number)
    {
        number = 0;
        return digits.Length > 0
            && char.IsAsciiDigit(digits[0])
            && double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
    }
}
