using System.Globalization;
using Flyte.MultiCluster.Tasks.Checks;

namespace Flyte.MultiCluster.Tasks.Verification;

/// <summary>Results as a table for people.</summary>
public static class VerifyTable
{
    // More clusters than this with nothing to say about them are one line.
    private const int MostLines = 4;

    /// <summary>The table's lines: a result each, and below what is wrong its remedy.</summary>
    /// <param name="results">The results.</param>
    /// <param name="colours">Whether statuses are coloured.</param>
    public static IEnumerable<string> Lines(IReadOnlyList<CheckResult> results, bool colours)
    {
        ArgumentNullException.ThrowIfNull(results);
        Row[] rows = [.. results.GroupBy(result => result.Check, StringComparer.Ordinal).SelectMany(Rows)];
        var checks = Width(rows, row => row.Check);
        var clusters = Width(rows, row => row.Cluster);
        foreach (var row in rows)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"  {Status(row.Status, colours)} {row.Check.PadRight(checks)}  {row.Cluster.PadRight(clusters)}  {row.Duration.TotalMilliseconds,6:0} ms  {row.Found}");
            if (row.Remedy is not null)
                yield return $"{new string(' ', 11)}{row.Remedy}";
        }
    }

    /// <summary>The results counted: <c>32 checks: 30 ok, 1 warning, 1 failed, in 2.1 s</c>.</summary>
    /// <param name="results">The results.</param>
    public static string Summary(VerifyResults results)
    {
        ArgumentNullException.ThrowIfNull(results);
        var warnings = results.Count(CheckStatus.Warning);
        var parts = new[] { (results.Count(CheckStatus.Ok), "ok"), (warnings, warnings == 1 ? "warning" : "warnings"), (results.Count(CheckStatus.Failed), "failed"), (results.Count(CheckStatus.Skipped), "skipped") }
            .Where(part => part.Item1 > 0 || part.Item2 == "ok")
            .Select(part => $"{part.Item1} {part.Item2}");
        return string.Create(CultureInfo.InvariantCulture, $"{results.Results.Count} checks: {string.Join(", ", parts)}, in {results.Elapsed.TotalSeconds:0.0} s");
    }

    private static IEnumerable<Row> Rows(IGrouping<string, CheckResult> check)
    {
        CheckResult[] quiet = [.. check.Where(result => result.Status == CheckStatus.Ok)];
        if (quiet.Length <= MostLines)
            return check.Select(result => new Row(result.Status, result.Check, result.Cluster ?? string.Empty, result.Found, result.Remedy, result.Duration));
        var found = quiet.All(result => result.Found == quiet[0].Found) ? quiet[0].Found : "each as it should be";
        return check.Where(result => result.Status != CheckStatus.Ok)
            .Select(result => new Row(result.Status, result.Check, result.Cluster ?? string.Empty, result.Found, result.Remedy, result.Duration))
            .Prepend(new Row(CheckStatus.Ok, check.Key, $"{quiet.Length} clusters", found, null, quiet.Max(result => result.Duration)));
    }

    private static int Width(IEnumerable<Row> rows, Func<Row, string> column) => rows.Select(row => column(row).Length).DefaultIfEmpty(0).Max();

    private static string Status(CheckStatus status, bool colours)
    {
        var word = status.ToString().ToLowerInvariant().PadRight(8);
        return !colours ? word : status switch
        {
            CheckStatus.Ok => $"\e[32m{word}\e[0m",
            CheckStatus.Warning => $"\e[33m{word}\e[0m",
            CheckStatus.Failed => $"\e[31m{word}\e[0m",
            _ => word,
        };
    }

    private sealed record Row(CheckStatus Status, string Check, string Cluster, string Found, string? Remedy, TimeSpan Duration);
}
