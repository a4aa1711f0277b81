using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Git;
using Flyte.MultiCluster.Tasks.SmokeRuns;

namespace Flyte.MultiCluster.Build;

/// <summary>The machine's view of a run: <c>--report=PATH</c>, described by <c>docs/report.schema.json</c>.</summary>
internal static class RunReport
{
    /// <summary>Writes the report.</summary>
    /// <param name="file">Where to.</param>
    /// <param name="context">The run.</param>
    /// <param name="exitCode">The program's exit code.</param>
    /// <param name="target">The target that was asked for.</param>
    /// <param name="elapsed">How long the run took.</param>
    /// <param name="childProcesses">How many child processes were started.</param>
    /// <param name="source">The Git tree that the fleet file is in; null where it was not read, or is none.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(ReportFile file, FlyteContext context, int exitCode, string? target, TimeSpan elapsed, int childProcesses, SourceTree? source)
    {
        ArgumentNullException.ThrowIfNull(file);
        file.Write(MachineJson.Format(Of(context, exitCode, target, elapsed, childProcesses, source)) + "\n");
    }

    /// <summary>The report as JSON.</summary>
    public static JsonObject Of(FlyteContext context, int exitCode, string? target, TimeSpan elapsed, int childProcesses, SourceTree? source = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new JsonObject
        {
            ["target"] = target,
            ["fleet"] = context.HasRun ? context.Run.Fleet.Path : null,
            ["source"] = source is null ? null : new JsonObject { ["commit"] = source.Commit, ["dirty"] = source.IsDirty },
            ["durationMs"] = (long)elapsed.TotalMilliseconds,
            ["exitCode"] = exitCode,
            ["planned"] = !context.Gate.IsOpen,
            ["changes"] = new JsonArray([
                .. context.Gate.Changes.Select(change => new JsonObject
                {
                    ["cluster"] = change.Cluster,
                    ["kind"] = change.Kind,
                    ["namespace"] = change.Namespace,
                    ["name"] = change.Name,
                    ["action"] = change.Action.ToString().ToLowerInvariant(),
                    ["detail"] = change.Detail,
                }),
            ]),
            ["clusters"] = new JsonArray([.. context.HasRun ? context.Run.Clusters.Select(cluster => Cluster(cluster, context)) : []]),
            ["stages"] = new JsonArray([
                .. context.Journal.Stages.Select(stage => new JsonObject
                {
                    ["name"] = stage.Name,
                    ["cluster"] = stage.Cluster,
                    ["status"] = stage.Status.ToString().ToLowerInvariant(),
                    ["durationMs"] = (long)stage.Duration.TotalMilliseconds,
                    ["note"] = stage.Note,
                }),
            ]),
            ["problems"] = MachineJson.Of(context.Outcome.Refusals),
            ["smokeRuns"] = new JsonArray([.. (context.HasRun ? context.Run.State.Of<SmokeResults>().All : []).Select(Smoke)]),
            ["notes"] = MachineJson.Of(context.Journal.Notes),
            ["childProcesses"] = childProcesses,
        };
    }

    private static JsonObject Cluster(ClusterRun cluster, FlyteContext context) =>
        new()
        {
            ["name"] = cluster.Name,
            ["outcome"] = Outcome(cluster, context),
            ["error"] = cluster.Failure,
        };

    private static JsonObject Smoke(SmokeResult result) =>
        new()
        {
            ["label"] = result.Label,
            ["execution"] = result.Execution,
            ["cluster"] = result.Cluster,
            ["allowed"] = MachineJson.Of(result.Allowed),
            ["phase"] = result.Execution is null ? null : SmokeResult.Format(result.Phase),
            ["durationMs"] = (long)result.Duration.TotalMilliseconds,
            ["earlier"] = result.WasProven,
            ["failure"] = result.Failure,
            ["remedy"] = result.Remedy,
        };

    private static string Outcome(ClusterRun cluster, FlyteContext context) =>
        cluster.Failure is not null ? "failed"
        : cluster is DataPlaneRun { LeftOutReason: not null } ? "away"
        : context.Outcome.Interrupted || context.Outcome.Failure is not null ? "unfinished"
        : context.Outcome.Refusals.Count > 0 ? "untouched"
        : context.Gate.Changes.Any(change => change.Cluster == cluster.Name) ? (context.Gate.IsOpen ? "changed" : "planned")
        : "unchanged";
}
