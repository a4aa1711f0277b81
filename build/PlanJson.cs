using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Differences;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Build;

/// <summary>A plan as one JSON document, described by <c>docs/plan.schema.json</c>.</summary>
internal static class PlanJson
{
    /// <summary>The document.</summary>
    /// <param name="state">The plan.</param>
    /// <param name="problems">Why there is none, or not the expected one.</param>
    /// <param name="exitCode">The program's exit code.</param>
    /// <param name="elapsed">How long the run took.</param>
    public static string Of(PlanState state, IReadOnlyList<Problem> problems, int exitCode, TimeSpan elapsed)
    {
        ArgumentNullException.ThrowIfNull(state);
        var changes = state.Plan?.Changes ?? [];
        var document = new JsonObject
        {
            ["exitCode"] = exitCode,
            ["durationMs"] = (long)elapsed.TotalMilliseconds,
            ["digest"] = state.Plan?.Digest,
            ["count"] = changes.Count,
            ["next"] = state.Next,
            ["changes"] = new JsonArray([.. changes.Select(Change)]),
            ["knownAfterApply"] = MachineJson.Of(state.KnownAfterApply.Order(StringComparer.Ordinal)),
            ["notes"] = MachineJson.Of(state.Notes),
            ["problems"] = MachineJson.Of(problems),
        };
        return MachineJson.Format(document);
    }

    private static JsonObject Change(PlannedChange planned)
    {
        var change = planned.Change;
        return new JsonObject
        {
            ["cluster"] = change.Cluster,
            ["kind"] = change.Kind,
            ["namespace"] = change.Namespace,
            ["name"] = change.Name,
            ["action"] = change.Action.ToString().ToLowerInvariant(),
            ["detail"] = change.Detail,
            ["differences"] = new JsonArray([.. planned.Differences.Where(difference => difference.Lines.Count > 0).Select(Difference)]),
        };
    }

    private static JsonObject Difference(ObjectDifference difference) =>
        new()
        {
            ["kind"] = difference.Kind,
            ["namespace"] = difference.Namespace,
            ["name"] = difference.Name,
            ["lines"] = MachineJson.Of(difference.Lines),
        };
}
