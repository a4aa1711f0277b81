using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.FleetStatus;

/// <summary>The fleet as one JSON document, described by <c>docs/status.schema.json</c>.</summary>
public static class StatusJson
{
    /// <summary>The document.</summary>
    /// <param name="rows">The clusters.</param>
    /// <param name="exitCode">The program's exit code.</param>
    /// <param name="elapsed">How long the run took.</param>
    public static string Of(IReadOnlyList<ClusterStatus> rows, int exitCode, TimeSpan elapsed)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var document = new JsonObject
        {
            ["exitCode"] = exitCode,
            ["durationMs"] = (long)elapsed.TotalMilliseconds,
            ["clusters"] = new JsonArray([.. rows.Select(Row)]),
        };
        return MachineJson.Format(document);
    }

    private static JsonObject Row(ClusterStatus row) =>
        new()
        {
            ["cluster"] = row.Cluster,
            ["inFleet"] = row.IsInFleet,
            ["reachable"] = row.IsReachable,
            ["problem"] = row.Problem,
            ["kubernetes"] = row.Kubernetes,
            ["chart"] = row.Chart,
            ["revision"] = row.Revision,
            ["releaseStatus"] = row.ReleaseStatus,
            ["commit"] = row.Source?.Commit,
            ["dirty"] = row.Source?.IsDirty,
            ["deployments"] = row.Deployments,
            ["readyDeployments"] = row.ReadyDeployments,
            ["enabled"] = row.IsEnabled,
            ["drained"] = row.Drained,
            ["labels"] = new JsonObject(row.Labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))),
            ["runningWorkflows"] = row.RunningWorkflows,
            ["tokenAgeSeconds"] = row.TokenAge is { } age ? (long)age.TotalSeconds : null,
            ["caExpiry"] = row.CaExpiry?.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
            ["drift"] = row.Drift is null ? null : MachineJson.Of(row.Drift),
        };
}
