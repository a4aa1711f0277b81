using System.Globalization;
using Flyte.MultiCluster.Common.Options;
using Flyte.MultiCluster.Common.Run;
using Spectre.Console;

namespace Flyte.MultiCluster.Tasks.FleetStatus;

/// <summary>The fleet as a table for people, a row per cluster.</summary>
internal static class StatusTable
{
    private const string None = "-";

    private static readonly string[] Columns =
    [
        "CLUSTER",
        "KUBERNETES",
        "CHART",
        "REVISION",
        "COMMIT",
        "READY",
        "ENABLED",
        "LABELS",
        "RUNNING",
        "TOKEN AGE",
        "CA EXPIRES",
        "DRIFT",
    ];

    /// <summary>The table's lines; below a cluster what is wrong with it.</summary>
    /// <param name="rows">The clusters.</param>
    /// <param name="colours">Whether what is wrong is coloured.</param>
    public static IEnumerable<string> Lines(IReadOnlyList<ClusterStatus> rows, bool colours)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var table = new Table().NoBorder();
        foreach (var column in Columns)
            table.AddColumn(new TableColumn(new Text(column)).NoWrap().Padding(0, 0, 2, 0));
        foreach (var row in rows)
            table.AddRow(Cells(row).Select(cell => new Text(cell.Text, cell.IsWrong ? Color.Maroon : (Style?)null)));
        return
        [
            .. TerminalTable.Lines(table, colours),
            .. rows.Where(row => row.Problem is not null).Select(row => $"  {row.Cluster}: {row.Problem}"),
            .. rows.SelectMany(row => (row.Drift ?? []).Select(drift => $"  {row.Cluster}: {drift}")),
        ];
    }

    private static IEnumerable<(string Text, bool IsWrong)> Cells(ClusterStatus row)
    {
        yield return (row.IsInFleet ? row.Cluster : $"{row.Cluster} (not in the fleet)", false);
        yield return row.IsReachable == false ? ("unreachable", true) : (row.Kubernetes ?? None, false);
        yield return (row.Chart ?? None, false);
        yield return (
            row.Revision is { } revision ? $"{revision}{(row.ReleaseStatus == "deployed" ? string.Empty : $" {row.ReleaseStatus}")}" : None,
            row.Revision is not null && row.ReleaseStatus != "deployed"
        );
        yield return (row.Source?.Short ?? None, false);
        yield return (row.Deployments is { } all ? $"{row.ReadyDeployments}/{all}" : None, row.ReadyDeployments < row.Deployments);
        yield return (
            row.IsEnabled switch
            {
                true => "yes",
                false => row.Drained is null ? "no" : "drained",
                null => None,
            },
            false
        );
        yield return (
            row.Labels.Count == 0
                ? None
                : string.Join(", ", row.Labels.Select(label => string.Create(CultureInfo.InvariantCulture, $"{label.Key} {label.Value:0.###}"))),
            false
        );
        yield return (row.RunningWorkflows?.ToString(CultureInfo.InvariantCulture) ?? None, false);
        yield return (row.TokenAge is null ? None : Ages.Format(row.TokenAge), false);
        yield return (row.CaExpiry?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? None, false);
        yield return (
            row.Drift switch
            {
                null => None,
                { Count: 0 } => "none",
                { Count: 1 } => "1 difference",
                var drift => $"{drift.Count} differences",
            },
            row.Drift is { Count: > 0 }
        );
    }
}
