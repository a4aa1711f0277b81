using System.Globalization;
using System.Text;

namespace Flyte.MultiCluster.Tasks.Developers.Benchmarks;

/// <summary>The results as a table, with what is aimed at beside each number: <c>2.9 (≥2.5)</c>.</summary>
internal static class BenchmarkTable
{
    private static readonly string[] Header =
    [
        "data planes",
        "round trip",
        "runbook",
        "join",
        "times as fast",
        "floor",
        "join/floor",
        "no change",
        "of the join",
        "verify",
        "200 labels",
        "children per data plane",
        "writes without change",
    ];

    /// <summary>Writes the table.</summary>
    /// <param name="results">The results, a row each.</param>
    public static string For(IReadOnlyList<BenchmarkResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        string[][] rows = [Header, .. results.Select(Row)];
        var widths = Enumerable.Range(0, Header.Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in rows)
            text.Append(string.Join("  ", row.Select((cell, column) => cell.PadLeft(widths[column])))).Append('\n');
        return text.ToString();
    }

    private static string[] Row(BenchmarkResult result) =>
        [
            result.Case.DataPlanes.ToString(CultureInfo.InvariantCulture),
            $"{result.Case.RoundTripMs} ms",
            Seconds(result.Runbook),
            Seconds(result.Join),
            FormatWithTarget(result.Ratio, "≥", result.Case.TargetRatio),
            Seconds(result.Floor),
            FormatWithTarget(result.OverFloor, "≤", result.Case.TargetFloor),
            Seconds(result.NoChange),
            FormatWithTarget(result.NoChangeFraction, "≤", result.Case.TargetNoChange),
            FormatSecondsWithTarget(result.Verify, result.Case.TargetVerify),
            FormatSecondsWithTarget(result.Labels, result.Case.TargetLabels),
            FormatWithTarget(result.ChildProcessesEach, "≤", BenchmarkCase.TargetChildProcesses),
            result.NoChangeWrites.ToString(CultureInfo.InvariantCulture),
        ];

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");

    private static string FormatSecondsWithTarget(TimeSpan time, double? aim) =>
        Seconds(time) + (aim is { } bound ? string.Create(CultureInfo.InvariantCulture, $" (≤{bound:0.##})") : string.Empty);

    private static string FormatWithTarget(double value, string relation, double? aim) =>
        string.Create(CultureInfo.InvariantCulture, $"{value:0.00}")
        + (aim is { } bound ? string.Create(CultureInfo.InvariantCulture, $" ({relation}{bound:0.##})") : string.Empty);
}
