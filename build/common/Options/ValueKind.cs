using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Flyte.MultiCluster.Common.Options;

/// <summary>How an option's value is read.</summary>
/// <typeparam name="T">What it is read as.</typeparam>
/// <param name="text">The value as written, never empty.</param>
/// <param name="value">The value read.</param>
/// <returns>Whether the text is such a value.</returns>
public delegate bool ReadValue<T>(string text, [MaybeNullWhen(false)] out T value);

/// <summary>A kind of option value: how it is called in help, what it has to look like, how it is read.</summary>
/// <typeparam name="T">What it is read as.</typeparam>
/// <param name="Placeholder">Its name in help, such as <c>PATH</c>; null for a flag, which needs no value.</param>
/// <param name="Expected">What a right value looks like, for messages.</param>
/// <param name="Read">Reads it.</param>
public sealed record ValueKind<T>(string? Placeholder, string Expected, ReadValue<T> Read);

/// <summary>The kinds of option values there are.</summary>
public static class ValueKinds
{
    /// <summary>True or false; the bare option means true.</summary>
    public static ValueKind<bool> Flag { get; } = new(null, "true or false", bool.TryParse);

    /// <summary>A path, absolute or relative to the working directory.</summary>
    public static ValueKind<string?> Path { get; } =
        new(
            "PATH",
            "a path",
            static (string text, out string? path) =>
            {
                path = text;
                return !text.Contains('\0', StringComparison.Ordinal);
            }
        );

    /// <summary>A path, absolute or relative to the working directory, of a folder that is there.</summary>
    public static ValueKind<string?> Folder { get; } =
        new(
            "PATH",
            "an existing folder",
            static (string text, out string? path) =>
            {
                path = text;
                return Directory.Exists(text);
            }
        );

    /// <summary>Names separated by commas, each named once.</summary>
    public static ValueKind<IReadOnlyList<string>> Names { get; } = new("NAME[,NAME]", "names separated by commas, none of them empty", ReadNames);

    /// <summary>A time span above zero: <c>90s</c>, <c>10m</c>, <c>1h30m</c>, <c>500ms</c> or <c>00:10:00</c>; at most a week.</summary>
    public static ValueKind<TimeSpan> Duration { get; } = new("DURATION", "a duration such as 90s, 10m, 1h30m or 00:10:00, at most 7 days", Durations.TryRead);

    /// <summary>A time to wait at most: a duration, or 0 for not at all.</summary>
    public static ValueKind<TimeSpan> Wait { get; } =
        new(
            "DURATION",
            "0, or a duration such as 90s, 10m or 1h30m, at most 7 days",
            static (string text, out TimeSpan wait) =>
            {
                wait = TimeSpan.Zero;
                return text == "0" || Durations.TryRead(text, out wait);
            }
        );

    /// <summary>An age: <c>30d</c>, <c>12h</c>, or another duration; at most 1000 days.</summary>
    public static ValueKind<TimeSpan?> Age { get; } =
        new(
            "AGE",
            "an age such as 12h, 30d or 90d, at most 1000 days",
            static (string text, out TimeSpan? age) =>
            {
                var isRead = Durations.TryReadAge(text, out var read);
                age = read;
                return isRead;
            }
        );

    /// <summary>Nothing, which means every five seconds; or how often.</summary>
    public static ValueKind<TimeSpan?> Interval { get; } =
        new(
            null,
            "true, false, or an interval such as 2s or 1m, at most 7 days",
            static (string text, out TimeSpan? interval) =>
            {
                var isFlag = bool.TryParse(text, out var isOn);
                var isRead = Durations.TryRead(text, out var given);
                interval = isFlag ? (isOn ? TimeSpan.FromSeconds(5) : null) : given;
                return isFlag || isRead;
            }
        );

    /// <summary>A time span in whole milliseconds, from 0 to 60000.</summary>
    public static ValueKind<TimeSpan> Milliseconds { get; } =
        new(
            "MS",
            "whole milliseconds from 0 to 60000",
            static (string text, out TimeSpan span) =>
            {
                var read = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds <= 60_000;
                span = TimeSpan.FromMilliseconds(milliseconds);
                return read;
            }
        );

    /// <summary>A whole number within bounds.</summary>
    /// <param name="least">The least allowed.</param>
    /// <param name="most">The most allowed.</param>
    public static ValueKind<int> Count(int least, int most) =>
        new(
            "N",
            $"a whole number from {least} to {most}",
            (string text, out int number) =>
                int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least && number <= most
        );

    /// <summary>One of a few words, without regard to case.</summary>
    /// <param name="placeholder">Its name in help.</param>
    /// <param name="words">The words, as they are passed on.</param>
    public static ValueKind<string?> OneOf(string placeholder, params IReadOnlyList<string> words) =>
        new(
            placeholder,
            $"one of {string.Join(", ", words)}",
            (string text, out string? word) =>
            {
                word = words.FirstOrDefault(candidate => candidate.Equals(text, StringComparison.OrdinalIgnoreCase));
                return word is not null;
            }
        );

    /// <summary>Nothing, which means launch plans; <c>launchplans</c> or <c>pyflyte</c>.</summary>
    public static ValueKind<SmokeMode?> Smoke { get; } =
        new(
            null,
            "launchplans or pyflyte",
            static (string text, out SmokeMode? mode) =>
            {
                mode = text.ToLowerInvariant() switch
                {
                    "true" or "launchplans" => SmokeMode.LaunchPlans,
                    "pyflyte" => SmokeMode.Pyflyte,
                    _ => null,
                };
                return mode is not null || text.Equals("false", StringComparison.OrdinalIgnoreCase);
            }
        );

    /// <summary>Nothing, which means all of them; or the paths of values, separated by commas.</summary>
    public static ValueKind<IReadOnlyList<string>?> Paths { get; } =
        new(null, "true, false, or paths of values separated by commas, none of them empty", ReadPaths);

    /// <summary>The digest of a plan: <c>sha256:</c> and 16 hexadecimal digits.</summary>
    public static ValueKind<string?> Digest { get; } =
        new(
            "DIGEST",
            "the digest that a plan ends with: sha256: and 16 hexadecimal digits",
            static (string text, out string? digest) =>
            {
                digest = text.ToLowerInvariant();
                return digest.Length == 23 && digest.StartsWith("sha256:", StringComparison.Ordinal) && digest[7..].All(char.IsAsciiHexDigitLower);
            }
        );

    /// <summary>A number of clusters, or a share of all.</summary>
    public static ValueKind<BatchSize?> Batch { get; } = new("N|P%", "a number of data planes such as 3, or a share of them such as 25%", BatchSize.TryRead);

    /// <summary>A Helm revision, or a chart's version.</summary>
    public static ValueKind<string?> Revision { get; } =
        new(
            "REVISION",
            "a revision's number such as 4, or a chart version such as v1.16.8",
            static (string text, out string? revision) =>
            {
                revision = text;
                return text.TrimStart('v').Split('.', '-', '+').Take(3).All(part => part.Length > 0 && part.All(char.IsAsciiDigit));
            }
        );

    /// <summary>The form of standard output.</summary>
    public static ValueKind<OutputFormat> Output { get; } =
        new(
            "FORMAT",
            "one of text, json, junit, mermaid, svg, html",
            static (string text, out OutputFormat format) =>
                Enum.TryParse(text, ignoreCase: true, out format) && Enum.IsDefined(format) && !char.IsAsciiDigit(text[0])
        );

    /// <summary>Pairs of names, separated by commas; each left name once.</summary>
    /// <param name="placeholder">What stands for them in help.</param>
    /// <param name="expected">What a right value looks like.</param>
    public static ValueKind<IReadOnlyDictionary<string, string>> Pairs(string placeholder, string expected) => new(placeholder, expected, ReadPairs);

    private static bool ReadPairs(string text, [MaybeNullWhen(false)] out IReadOnlyDictionary<string, string> pairs)
    {
        var parts = text.Split(',').Select(part => part.Split('=', StringSplitOptions.TrimEntries)).ToArray();
        var isRead =
            Array.TrueForAll(parts, part => part is [{ Length: > 0 }, { Length: > 0 }])
            && parts.DistinctBy(part => part[0], StringComparer.Ordinal).Count() == parts.Length;
        pairs = isRead ? parts.ToDictionary(part => part[0], part => part[1], StringComparer.Ordinal) : null;
        return isRead;
    }

    private static bool ReadPaths(string text, out IReadOnlyList<string>? paths)
    {
        if (!bool.TryParse(text, out var isGiven))
            return ReadNames(text, out paths);
        paths = isGiven ? [] : null;
        return true;
    }

    private static bool ReadNames(string text, [MaybeNullWhen(false)] out IReadOnlyList<string> names)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        names = parts.Distinct(StringComparer.Ordinal).ToArray();
        return Array.TrueForAll(parts, static part => part.Length > 0);
    }
}
