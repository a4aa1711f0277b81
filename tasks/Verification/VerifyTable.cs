using System.Globalization;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Checks;
using Spectre.Console;

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
        var table = new Table().NoBorder().HideHeaders();
        table.AddColumn(new TableColumn(string.Empty).NoWrap().Padding(0, 0, 2, 0));
        table.AddColumn(new TableColumn(string.Empty).NoWrap().Padding(0, 0, 2, 0));
        table.AddColumn(new TableColumn(string.Empty).NoWrap().Padding(0, 0, 2, 0));
        table.AddColumn(new TableColumn(string.Empty).NoWrap().RightAligned().Padding(0, 0, 2, 0));
        table.AddColumn(new TableColumn(string.Empty).NoWrap().Padding(0, 0, 0, 0));
        foreach (var row in results.GroupBy(result => result.Check, StringComparer.Ordinal).SelectMany(Rows))
            table.AddRow(
                Status(row.Status),
                new Text(row.Check),
                new Text(row.Cluster),
                new Text(string.Create(CultureInfo.InvariantCulture, $"{row.Duration.TotalMilliseconds:0} ms")),
                new Text(row.Remedy is null ? row.Found : $"{row.Found}\n{row.Remedy}")
            );
        return TerminalTable.Lines(table, colours);
    }

    /// <summary>The results counted: <c>32 checks: 30 ok, 1 warning, 1 failed, in 2.1 s</c>.</summary>
    /// <param name="results">The results.</param>
    public static string Summary(VerifyResults results)
    {
        ArgumentNullException.ThrowIfNull(results);
        var warnings = results.Count(CheckStatus.Warning);
        var parts = new[]
        {
            (results.Count(CheckStatus.Ok), "ok"),
            (warnings, warnings == 1 ? "warning" : "warnings"),
            (results.Count(CheckStatus.Failed), "failed"),
            (results.Count(CheckStatus.Skipped), "skipped"),
        }
            .Where(part => part.Item1 > 0 || part.Item2 == "ok")
            .Select(part => $"{part.Item1} {part.Item2}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{results.Results.Count} checks: {string.Join(", ", parts)}, in {results.Elapsed.TotalSeconds:0.0} s"
        );
    }

    private static IEnumerable<Row> Rows(IGrouping<string, CheckResult> check)
    {
        CheckResult[] quiet = [.. check.Where(result => result.Status == CheckStatus.Ok)];
        if (quiet.Length <= MostLines)
            return check.Select(result => new Row(result.Status, result.Check, result.Cluster ?? string.Empty, result.Found, result.Remedy, result.Duration));
        var found = quiet.All(result => result.Found == quiet[0].Found) ? quiet[0].Found : "all ok";
        return check
            .Where(result => result.Status != CheckStatus.Ok)
            .Select(result => new Row(result.Status, result.Check, result.Cluster ?? string.Empty, result.Found, result.Remedy, result.Duration))
            .Prepend(new Row(CheckStatus.Ok, check.Key, $"{quiet.Length} clusters", found, null, quiet.Max(result => result.Duration)));
    }

    private static Text Status(CheckStatus status)
    {
        var word = status.ToString().ToLowerInvariant();
        return status switch
        {
            CheckStatus.Ok => new Text(word, Color.Green),
            CheckStatus.Warning => new Text(word, Color.Olive),
            CheckStatus.Failed => new Text(word, Color.Maroon),
            _ => new Text(word),
        };
    }

    private sealed record Row(CheckStatus Status, string Check, string Cluster, string Found, string? Remedy, TimeSpan Duration);
}
