using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Tasks.Developers.Benchmarks;

/// <summary>What one case took.</summary>
/// <param name="Case">The case.</param>
/// <param name="Runbook">The runbook's script, on empty clusters.</param>
/// <param name="Join"><c>AddDataPlane</c>, on empty clusters.</param>
/// <param name="NoChange"><c>AddDataPlane</c> once more.</param>
/// <param name="Verify"><c>Verify</c>, of the joined clusters.</param>
/// <param name="Labels"><c>UpdateExecutionClusterLabels</c>, with <see cref="BenchmarkSandbox.LabelRows"/> new rows.</param>
/// <param name="Floor">One data plane's install with its pods available, and the control plane's upgrade.</param>
/// <param name="ChildProcesses">How many child processes the join started.</param>
/// <param name="NoChangeWrites">How many writes the second run sent; it should be none.</param>
/// <param name="Stages">The join's stages in order, each with the longest time that a cluster took.</param>
internal sealed record BenchmarkResult(
    BenchmarkCase Case,
    TimeSpan Runbook,
    TimeSpan Join,
    TimeSpan NoChange,
    TimeSpan Verify,
    TimeSpan Labels,
    TimeSpan Floor,
    int ChildProcesses,
    long NoChangeWrites,
    IReadOnlyList<StageTime> Stages
)
{
    /// <summary>How many times as fast as the runbook the join is.</summary>
    public double Ratio => Runbook / Join;

    /// <summary>How many times the floor the join takes.</summary>
    public double OverFloor => Join / Floor;

    /// <summary>What fraction of the join the run without changes takes.</summary>
    public double NoChangeFraction => NoChange / Join;

    /// <summary>How many child processes a data plane the join starts.</summary>
    public double ChildProcessesEach => (double)ChildProcesses / Case.DataPlanes;

    /// <summary>The result as JSON; times are in milliseconds.</summary>
    public JsonObject ToJson() =>
        new()
        {
            ["dataPlanes"] = Case.DataPlanes,
            ["roundTripMs"] = Case.RoundTripMs,
            ["runbookMs"] = (long)Runbook.TotalMilliseconds,
            ["joinMs"] = (long)Join.TotalMilliseconds,
            ["noChangeMs"] = (long)NoChange.TotalMilliseconds,
            ["verifyMs"] = (long)Verify.TotalMilliseconds,
            ["labelsMs"] = (long)Labels.TotalMilliseconds,
            ["floorMs"] = (long)Floor.TotalMilliseconds,
            ["ratio"] = Math.Round(Ratio, 2),
            ["overFloor"] = Math.Round(OverFloor, 2),
            ["noChangeFraction"] = Math.Round(NoChangeFraction, 2),
            ["childProcesses"] = ChildProcesses,
            ["noChangeWrites"] = NoChangeWrites,
            ["stages"] = new JsonArray([
                .. Stages.Select(stage => new JsonObject { ["name"] = stage.Name, ["longestMs"] = (long)stage.Longest.TotalMilliseconds }),
            ]),
        };
}

/// <summary>A stage of a run.</summary>
/// <param name="Name">The target's name.</param>
/// <param name="Longest">The longest time that it took for a cluster.</param>
internal sealed record StageTime(string Name, TimeSpan Longest)
{
    /// <summary>The stages of a run's report, in order.</summary>
    public static IReadOnlyList<StageTime> Of(JsonObject report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return
        [
            .. report["stages"]!
                .AsArray()
                .GroupBy(stage => (string)stage!["name"]!, StringComparer.Ordinal)
                .Select(stage => new StageTime(stage.Key, TimeSpan.FromMilliseconds(stage.Max(cluster => (long)cluster!["durationMs"]!)))),
        ];
    }
}
