using Cake.Core.Diagnostics;
using Flyte.MultiCluster.Build.Options;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Differences;
using Flyte.MultiCluster.Common.Options;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks;
using Flyte.MultiCluster.Tasks.NewClusters;
using Flyte.MultiCluster.Tasks.Removal;
using Flyte.MultiCluster.Tasks.Verification;

namespace Flyte.MultiCluster.Build;

/// <summary>What a run says at its beginning and its end.</summary>
internal static class RunSummary
{
    private static readonly Option[] PlanOnly = [ProgramOptions.Plan, ProgramOptions.DetailedExitCode, ProgramOptions.Output, ProgramOptions.Expect];

    /// <summary>The fleet as an aligned block.</summary>
    public static void PrintStart(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var run = context.Run;
        var chart = run.Fleet.Flyte.Chart;
        context.Log.Information("  {0,-14} {1}", "file", run.Fleet.Path);
        if (run.Fleet.Flyte.Overlays is { } overlays)
            context.Log.Information("  {0,-14} {1}, {2}", "overlays", overlays.DataPlane, overlays.ControlPlane);
        else
            context.Log.Information("  {0,-14} {1}", "chart", chart.Path ?? $"{chart.Name} {chart.Version} from {chart.Repository}");
        context.Log.Information("  {0,-14} {1} (context {2})", "control plane", run.ControlPlane.Name, run.ControlPlane.Context);
        foreach (var plane in run.DataPlanes)
            context.Log.Information(
                "  {0,-14} {1} (context {2}){3}{4}",
                "data plane",
                plane.Name,
                plane.Context,
                plane.Spec.Enabled ? string.Empty : ", disabled",
                plane.Spec.Overlay is { } own ? $", overlay {own}" : string.Empty
            );
        if (!context.Gate.IsOpen)
            context.Log.Information("  {0,-14} {1}", "plan", "changes are reported, not made");
    }

    /// <summary>What was done, what failed and what to do next.</summary>
    /// <param name="context">The run.</param>
    /// <param name="successful">Whether all tasks ran.</param>
    /// <param name="elapsed">How long the run took.</param>
    /// <param name="childProcesses">How many child processes were started.</param>
    public static void Print(FlyteContext context, bool successful, TimeSpan elapsed, int childProcesses)
    {
        ArgumentNullException.ThrowIfNull(context);
        var log = context.Log;
        var state = context.Outcome.State.Of<PlanState>();
        if (context.Outcome.Refusals.Count > 0 && (!context.HasRun || !context.Outcome.ChangesMade))
        {
            if (state.Plan is { } other)
            {
                log.Information(string.Empty);
                log.Information("Plan: {0} to make.", Counted(other.Changes.Count));
                PrintChanges(context, other);
                PrintPlan(log, other);
            }

            PrintRefusals(log, context.Outcome.Refusals, context.Gate);
            return;
        }

        if (context.Outcome.State.Of<VerifyState>().Results is { } verification)
        {
            PrintVerification(context, verification);
            if (context.Outcome.Failure is null && context.Run.Clusters.All(cluster => cluster.Failure is null))
                return;
        }

        if (context is { Options.Watch: not null, Outcome.Interrupted: true })
            return;
        log.Information(string.Empty);
        log.Information("{0} in {1:0.0} s, {2} child processes.", Headline(context, successful), elapsed.TotalSeconds, childProcesses);
        PrintChanges(context, state.Plan);
        if (state.Plan is { } planned)
            PrintPlan(log, planned);
        foreach (var begun in context.Outcome.Interrupted ? context.Gate.Begun : [])
            log.Warning("  [{0}] begun and interrupted: {1}", begun.Cluster, ChangeGate.Describe(begun, made: true));
        foreach (var note in context.Journal.Notes)
            log.Warning("  {0}", note);
        foreach (var cluster in context.Run.Clusters.Where(cluster => cluster.Failure is not null))
            log.Error("  [{0}] failed in {1}: {2}", cluster.Name, cluster.FailedIn!, cluster.Failure!);
        if (context.Outcome.Failure is { } failure && context.Run.Clusters.All(cluster => cluster.Failure != failure.Message))
            log.Error("  {0}", failure.Message);
        if (context.Outcome.Refusals.Count > 0)
            PrintRefusals(log, context.Outcome.Refusals, context.Gate);
        if (Next(context, successful) is { } next)
            log.Information("Next: {0}", next);
        PrintDigest(context);
    }

    /// <summary>By what a run can be held to the plan; nothing where there is none.</summary>
    /// <param name="context">The run.</param>
    public static void PrintDigest(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Outcome.State.Of<PlanState>().Plan is { Digest: var digest })
            context.Log.Information("Plan digest: {0}   (with --expect={0} the run does this, or nothing)", digest);
    }

    private static void PrintChanges(FlyteContext context, ChangePlan? plan)
    {
        foreach (var change in plan?.Changes.Select(planned => planned.Change) ?? context.Gate.Changes)
            context.Log.Information("  [{0}] {1}", change.Cluster, ChangeGate.Describe(change, context.Gate.IsOpen));
    }

    private static void PrintPlan(ICakeLog log, ChangePlan plan)
    {
        foreach (var line in PlanText.Lines(plan, ConsoleTerminal.HasColours))
            log.Information("{0}", line);
        log.Information(string.Empty);
    }

    private static void PrintRefusals(ICakeLog log, IReadOnlyList<Problem> problems, IChangeGate gate)
    {
        log.Error(!gate.IsOpen || gate.Changes.Count == 0 ? "Refused before anything was changed:" : "Stopped:");
        foreach (var problem in problems)
            log.Error("  {0}", problem);
    }

    private static void PrintVerification(FlyteContext context, VerifyResults verification)
    {
        foreach (var note in context.Journal.Notes)
            context.Log.Warning("  {0}", note);
        context.Log.Information(string.Empty);
        context.Log.Information("{0}", VerifyTable.Summary(verification));
        var next =
            verification.HasFailed ? $"fix what is reported above, then {Command()}"
            : context.Run.Fleet.FlyteAdmin is not null && context.Options.Smoke is null ? $"{Command()} --smoke   (starts executions and checks where they run)"
            : null;
        if (next is not null)
            context.Log.Information("Next: {0}", next);
    }

    private static string Counted(int changes) => $"{changes} {(changes == 1 ? "change" : "changes")}";

    private static string Headline(FlyteContext context, bool successful)
    {
        var counted = Counted(context.Gate.Changes.Count);
        var failed = context.Run.DataPlanes.Count(plane => plane.Failure is not null);
        var active = context.Run.Active.Count();
        return context switch
        {
            { Outcome.Interrupted: true } => $"Interrupted: {counted} made",
            _ when !successful => $"Failed: {counted} made",
            { Gate.IsOpen: false } => $"Plan: {counted} to make",
            _ when failed > 0 => $"{active} of {context.Run.DataPlanes.Count} data planes done, {failed} failed: {counted}",
            _ => $"Done: {counted}",
        };
    }

    private static string Command() => SuggestedCommand.Rerun(ProcessEnvironment.Current.Arguments);

    /// <summary>The command that makes the changes of a plan; null where there are none.</summary>
    /// <param name="context">The run.</param>
    public static string? PlannedCommand(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Gate.Changes.Count == 0 ? null : SuggestedCommand.Rerun(WithoutPlan(ProcessEnvironment.Current.Arguments));
    }

    // The command line as it was written, for the run that makes the changes.
    private static IEnumerable<string> WithoutPlan(IReadOnlyList<string> arguments)
    {
        foreach (var (option, value, words) in CommandLine.Words(arguments, ProgramOptions.All))
        {
            if (option is not null && PlanOnly.Contains(option))
                continue;
            if (option == CakeOptions.Target && string.Equals(value, nameof(Plan), StringComparison.OrdinalIgnoreCase))
                yield return $"--target={nameof(AddDataPlane)}";
            else
            {
                foreach (var word in words)
                    yield return word;
            }
        }
    }

    private static string? Next(FlyteContext context, bool successful)
    {
        var isDone = successful && context.Run.DataPlanes.All(plane => plane.Failure is null);
        if (context.Options.Expect is not null && (context.Outcome.Interrupted || !isDone))
            return $"{SuggestedCommand.Rerun(WithoutPlan(ProcessEnvironment.Current.Arguments))} --plan   (shows what is left to do)";
        if (context.Outcome.Interrupted)
            return $"{Command()}   (continues where this run stopped)";
        if (!isDone)
            return $"fix what is reported above, then {Command()}   (continues where this run stopped)";
        if (!context.Gate.IsOpen)
            return PlannedCommand(context) is { } command ? $"{command}   (makes these changes)" : null;
        if (context.Run.Drain is { IsRemoval: false })
            return $"{SuggestedCommand.Target(nameof(RemoveDataPlane), context.Options)}   (removes {(context.Run.DataPlanes.Count == 1 ? "it" : "them")})";
        if (context.Run.State.Of<NewClusterReadings>().States.Value is { Count: > 0 })
            return context.WillRun(nameof(CreateNodeGroup))
                ? $"{SuggestedCommand.Target("AddDataPlane", context.Options)}   (joins them)"
                : $"{SuggestedCommand.Target(nameof(CreateNodeGroup), context.Options)}   (creates their nodes)";
        return context.Run.Fleet.IsSandbox ? $"look at the pods with {context.Run.ControlPlane.Kubectl($"-n {context.Run.Namespace} get pods")}" : null;
    }
}
