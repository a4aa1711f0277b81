using System.Diagnostics;
using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Frosting;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Charts;
using Flyte.MultiCluster.Common.Differences;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.ControlPlanes;
using Flyte.MultiCluster.Tasks.FleetTopology;
using Flyte.MultiCluster.Tasks.Prerequisites;
using Flyte.MultiCluster.Tasks.Prerequisites.Aws;
using Flyte.MultiCluster.Tasks.Prerequisites.GoogleCloud;
using Flyte.MultiCluster.Tasks.Rotation;
using Flyte.MultiCluster.Tasks.SmokeRuns;

namespace Flyte.MultiCluster.Build;

/// <summary>Loads the fleet before the tasks that use one; ends the proxies, sums up and reports after them.</summary>
/// <param name="services">What the checks look with.</param>
/// <param name="charts">The cached charts.</param>
/// <param name="processes">Starts and counts child processes.</param>
/// <param name="source">The Git tree that the fleet file is in.</param>
/// <param name="lease">Keeps other runs from changing the same control plane.</param>
internal sealed class FlyteLifetime(CheckServices services, ChartCache charts, ChildProcessRunner processes, FleetSource source, ControlPlaneLease lease)
    : FrostingLifetime<FlyteContext>
{
    private static readonly string[] Waiting = [nameof(VerifyPods), nameof(ReloadCredentials), nameof(SmokeRun)];
    private static readonly string[] CloudPlaces = [AwsStage.Place, GoogleStage.Place];

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private FleetSession? _session;
    private string? _target;
    private ReportFile? _report;
    private ReportFile? _picture;

    /// <inheritdoc/>
    /// <exception cref="RefusedException">The fleet, a tool or a cluster's name is wrong.</exception>
    public override void Setup(FlyteContext context, ISetupContext info)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(info);
        _target = info.TargetTask?.Name;

        // Cake names the dependencies too where --exclusive leaves them out.
        context.Tasks = info
            .TasksToExecute.Select(task => task.Name)
            .Where(name => !context.Options.Exclusive || string.Equals(name, _target, StringComparison.OrdinalIgnoreCase))
            .ToHashSet(StringComparer.Ordinal);
        var usingFleet = Targets.UsingFleet;
        if (context.Options.DryRun)
            return;
        TryFiles(context);
        if (!info.TasksToExecute.Any(task => usingFleet.Contains(task.Name)))
            return;
        try
        {
            _session = FleetSession.OpenAsync(context, services.Kubectl, services.Values, charts, processes, source).GetAwaiter().GetResult();
            lease.Guard(context.Run, _target);
            ReportIdleTasks(context);
            if (context.Options.Exclusive && _target is { } stage)
                CheckAloneAsync(context, stage).GetAwaiter().GetResult();
        }
        catch (Exception exception)
        {
            context.Outcome.Note(exception);
            throw;
        }
    }

    /// <inheritdoc/>
    public override void Teardown(FlyteContext context, ITeardownContext info)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(info);
        if (info.ThrownException is { } exception)
            context.Outcome.Note(Unwrapped(exception));
        lease.ReleaseAsync().GetAwaiter().GetResult();
        PlanAsync(context, info.Successful).GetAwaiter().GetResult();
        _session?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        context.Outcome.ChangesMade = context.Gate.IsOpen && context.Gate.Changes.Count > 0;
        context.Outcome.ChangesPlanned = context.Options is { Plan: true, DetailedExitCode: true } && context.Gate.Changes.Count > 0;
        if (context.HasRun)
        {
            context.Outcome.ChosenClusters = context.Run.DataPlanes.Count;
            context.Outcome.FailedClusters = context.Run.DataPlanes.Count(plane => plane.Failure is not null);
        }

        // The run that makes the changes follows.
        if (context.Options.IsRehearsal && context.Outcome.State.Of<PlanState>().IsExpected)
            return;
        var isReported = context.HasRun || context.Outcome.Refusals.Count > 0;
        if (isReported)
            RunSummary.Print(context, info.Successful, _watch.Elapsed, processes.Started);
        else if (context.Gate.Changes.Count > 0)
            RunSummary.PrintDigest(context);
        if (context.Outcome.State.Of<TopologyState>().Document is { } document && _picture is { } picture)
            Write(
                context,
                $"--output-file={context.Options.OutputFile}",
                () =>
                {
                    picture.Write(document);
                    context.Log.Information("The picture is in {0}.", context.Options.OutputFile!);
                }
            );
        if (_report is { } report)
            Write(
                context,
                $"--report={context.Options.Report}",
                () =>
                    RunReport.Write(report, context, context.Outcome.Resolve(info.Successful ? 0 : 1), _target, _watch.Elapsed, processes.Started, source.Known)
            );
        context.Outcome.IsReported = isReported;
    }

    private static async Task PlanAsync(FlyteContext context, bool successful)
    {
        if (context.Gate.IsOpen || !successful || context.Outcome.Interrupted || context.Options.DryRun)
            return;
        var state = context.Outcome.State.Of<PlanState>();
        try
        {
            state.Plan = await ChangePlan.OfAsync(InOrder(context), context.Options.Parallelism, context.Cancellation);
        }
        catch (OperationCanceledException) when (context.Outcome.Interrupted)
        {
            return;
        }

        state.Notes = context.Journal.Notes;
        state.KnownAfterApply = KnownAfterApply(context);
        state.Next = RunSummary.PlannedCommand(context);
        state.IsExpected = state.Plan.Digest == context.Options.Expect;
        if (context.Options.Expect is { } expected && !state.IsExpected)
            context.Outcome.Note(
                new RefusedException([
                    new Problem(
                        $"--expect={expected}",
                        $"That is not what would be done: this plan's digest is {state.Plan.Digest}.",
                        $"Look at the plan, and give --expect={state.Plan.Digest} if it is right."
                    ),
                ])
            );
    }

    // Clusters are worked on at the same time; a plan has them in the fleet's order, the control plane last, or first where it is upgraded first.
    private static IReadOnlyList<Change> InOrder(FlyteContext context)
    {
        string[] planes = context.HasRun ? [.. context.Run.DataPlanes.Select(plane => plane.Name)] : [];
        string[] places =
            !context.HasRun ? []
            : context.Run.UpgradesChart ? [context.Run.ControlPlane.Name, .. planes]
            : [.. planes, context.Run.ControlPlane.Name];
        return [.. context.Gate.Changes.OrderBy(change => Array.IndexOf(places, change.Cluster))];
    }

    // What is only waited for there changes nothing.
    private static HashSet<string> KnownAfterApply(FlyteContext context) =>
        context
            .Journal.Stages.Where(stage => stage.Status == StageStatus.Unknown && !Waiting.Contains(stage.Name, StringComparer.Ordinal))
            .SelectMany(stage => stage.Cluster is { } cluster ? [cluster] : CloudPlaces)
            .Concat(context.HasRun ? context.Run.DataPlanes.Where(plane => plane.IsKnownAfterApply).Select(plane => plane.Name) : [])
            .ToHashSet(StringComparer.Ordinal);

    // --exclusive leaves out the tasks that would have checked.
    private async Task CheckAloneAsync(FlyteContext context, string task)
    {
        var checks = Targets.AloneChecks(task);
        if (checks.HasFlag(AloneChecks.Tools))
            await new CheckTools(services).RunAsync(context);
        if (checks.HasFlag(AloneChecks.Contexts))
            await new FleetCheck(context, services).ContextsAsync();
    }

    private static void ReportIdleTasks(FlyteContext context)
    {
        var tasks = Targets.Tasks.Where(task => context.Tasks.Contains(Targets.NameOf(task)));
        if (IdleTasks.Of(tasks, context.Run.Fleet) is not var (idle, reason))
            return;
        string[] onAnyCloud = context.Run.Fleet is { Aws: null, Gcp: null } ? [IamPrerequisites.Target] : [];
        context.Journal.Idle = idle.Concat(onAnyCloud).ToHashSet(StringComparer.Ordinal);
        context.Log.Information("The fleet is {0} (cloud.provider): nothing to do in {1}.", reason, string.Join(", ", idle));
    }

    // A disk may be full by now.
    private static void Write(FlyteContext context, string place, Action write)
    {
        try
        {
            write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            context.Outcome.Note(exception);
            context.Log.Error("{0}: It could not be written: {1}.", place, exception.Message.TrimEnd('.'));
        }
    }

    private void TryFiles(FlyteContext context)
    {
        try
        {
            _report = context.Options.Report is { } path ? ReportFile.Try(path, ProcessEnvironment.Current.Output) : null;
            if (context.Options.OutputFile is { } file && !ReportFile.IsStandardOutput(file))
                _picture = ReportFile.Try(file, ProcessEnvironment.Current.Output, "--output-file");
        }
        catch (RefusedException refusal)
        {
            context.Outcome.Note(refusal);
            throw;
        }
    }

    private static Exception Unwrapped(Exception exception) =>
        exception switch
        {
            AggregateException { InnerException: { } inner } => Unwrapped(inner),
            CakeReportException { InnerException: { } inner } => Unwrapped(inner),
            _ => exception,
        };
}
