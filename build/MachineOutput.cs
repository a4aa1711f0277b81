using Flyte.MultiCluster.Common.Options;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.FleetStatus;
using Flyte.MultiCluster.Tasks.FleetTopology;
using Flyte.MultiCluster.Tasks.Verification;

namespace Flyte.MultiCluster.Build;

/// <summary>
/// What <c>--output</c> puts on standard output: one document; as JSON and JUnit however the run ended, as a picture where there is one.
/// </summary>
internal static class MachineOutput
{
    /// <summary>Writes the document; nothing for text.</summary>
    /// <param name="writer">Standard output.</param>
    /// <param name="format">The format.</param>
    /// <param name="outcome">What became of the run.</param>
    /// <param name="exitCode">The program's exit code.</param>
    /// <param name="elapsed">How long the run took.</param>
    /// <param name="isPlan">Whether the run only planned.</param>
    public static void Write(TextWriter writer, OutputFormat format, RunOutcome outcome, int exitCode, TimeSpan elapsed, bool isPlan)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(outcome);
        if (outcome.State.Of<TopologyState>().Document is { } picture)
        {
            writer.Write(picture);
            return;
        }

        if (format == OutputFormat.Json && outcome.State.Of<StatusState>().Clusters is { } clusters)
        {
            writer.WriteLine(StatusJson.Of(clusters, exitCode, elapsed));
            return;
        }

        var verification = outcome.State.Of<VerifyState>().Results;
        if (format == OutputFormat.Json && isPlan && verification is null)
        {
            writer.WriteLine(PlanJson.Of(outcome.State.Of<PlanState>(), Problems(outcome), exitCode, elapsed));
            return;
        }

        var results = verification?.Results ?? [];
        if (format == OutputFormat.Json)
            writer.WriteLine(VerifyJson.Of(results, Problems(outcome), exitCode, elapsed));
        else if (format == OutputFormat.Junit)
            writer.WriteLine(VerifyJunit.Of(results, Problems(outcome), elapsed));
    }

    private static IReadOnlyList<Problem> Problems(RunOutcome outcome)
    {
        if (outcome.Refusals.Count > 0)
            return outcome.Refusals;
        if (outcome.Interrupted)
            return [new Problem("run", "It was interrupted.", "Run it again.")];
        return outcome.Failure is { } failure ? [new Problem("run", failure.Message, "See standard error for more.")] : [];
    }
}
