using System.Globalization;

namespace Flyte.MultiCluster.Common.Options;

/// <summary>Ages of credentials and executions, as kubectl shows them: in the largest unit that says enough.</summary>
public static class Ages
{
    /// <summary>An age: <c>45s</c>, <c>12m</c>, <c>7h</c>, <c>30d</c>.</summary>
    /// <param name="age">The age; null where it is not known.</param>
    public static string Format(TimeSpan? age) =>
        age switch
        {
            null => "unknown",
            { TotalDays: >= 2 } days => Count(days.TotalDays, "d"),
            { TotalHours: >= 2 } hours => Count(hours.TotalHours, "h"),
            { TotalMinutes: >= 2 } minutes => Count(minutes.TotalMinutes, "m"),
            var seconds => Count(Math.Max(0, seconds.Value.TotalSeconds), "s"),
        };

    private static string Count(double number, string unit) => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(number)}{unit}");
}
