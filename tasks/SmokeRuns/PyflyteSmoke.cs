using Cake.Core.Diagnostics;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Pyflyte;
using Flyte.MultiCluster.Tasks.ExecutionLabels;

namespace Flyte.MultiCluster.Tasks.SmokeRuns;

/// <summary>The runbook's own trial run, <c>pyflyte run --remote</c>: pyflyte registers the workflow and starts it, then it is followed as any other.</summary>
/// <param name="context">The run.</param>
/// <param name="admin">FlyteAdmin.</param>
/// <param name="situation">What decides where executions land.</param>
/// <param name="pyflyte">Runs pyflyte.</param>
internal sealed class PyflyteSmoke(FlyteContext context, IFlyteAdmin admin, SmokeSituation situation, PyflyteRunRunner pyflyte)
{
    /// <summary>Runs it; it always starts a new execution.</summary>
    /// <param name="run">The fleet's <c>pyflyte</c>.</param>
    /// <param name="cancellationToken">Cancels pyflyte, and aborts the execution that it has printed by then.</param>
    /// <returns>What was proven; nothing with the gate closed.</returns>
    /// <exception cref="OperationCanceledException">The run was interrupted.</exception>
    public async Task<IReadOnlyList<SmokeResult>> RunAsync(PyflyteRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        var job = Job(run);
        if (context.Gate.IsOpen && SmokeDiagnosis.Of(job, situation) is { } why)
            return
            [
                new SmokeResult
                {
                    Label = job.Label,
                    Allowed = job.Allowed,
                    Failure = $"pyflyte was not started: its execution could land elsewhere. {why.Cause}",
                    Remedy = why.Remedy,
                },
            ];
        ExecutionId? id = null;
        var follower = new SmokeFollower(context, admin, situation, job);
        try
        {
            var change = new Change(
                context.Run.ControlPlane.Name,
                "Execution",
                null,
                $"{run.Project}/{run.Domain}",
                ChangeAction.Create,
                $"pyflyte run --remote {Path.GetFileName(run.Script)} {run.Workflow}"
            );
            var settings = new PyflyteRunSettings { Run = run, Config = situation.Fleet.FlyteAdmin?.Config };
            await context.Gate.PassAsync(change, async (permit, token) => id = await pyflyte.RunRemoteAsync(permit, settings, token), cancellationToken);
        }
        catch (PyflyteInterruptedException interrupted)
        {
            if (interrupted.Execution is { } started)
                await follower.AbortAsync(started, "the run was interrupted");
            else
                context.Log.Warning("[{0}] pyflyte was stopped before it printed which execution it started. {1}", context.Run.ControlPlane.Name, Look(run));
            throw;
        }
        catch (PyflyteException exception)
        {
            if (exception.Execution is { } started)
                await follower.AbortAsync(started, "pyflyte failed");
            var remedy = "Run the same command by hand: pyflyte has its own configuration (flyteAdmin.config in the fleet) and its own login.";
            return
            [
                new SmokeResult
                {
                    Label = job.Label,
                    Execution = exception.Execution?.ToString(),
                    Allowed = job.Allowed,
                    Failure = exception.Message,
                    Remedy = exception.Execution is null ? $"{remedy} {Look(run)}" : remedy,
                },
            ];
        }

        return id is null ? [] : [(await follower.RunAsync(id, SmokeOrigin.Pyflyte, cancellationToken))!];
    }

    private static string Look(PyflyteRun run) =>
        $"If it did start one, that is still running: flytectl get execution -p {run.Project} -d {run.Domain} shows it, flytectl delete execution aborts it.";

    // pyflyte names the workflow by the script's module.
    private SmokeJob Job(PyflyteRun run)
    {
        var workflow = $"{Path.GetFileNameWithoutExtension(run.Script)}.{run.Workflow}";
        var wanted = new SmokeExecution
        {
            Project = run.Project,
            Domain = run.Domain,
            LaunchPlan = workflow,
            Cluster = run.Cluster,
            Timeout = run.Timeout,
        };
        var plan = new LaunchPlan(run.Project, run.Domain, workflow, string.Empty, workflow, new Dictionary<string, LaunchPlanInput>());
        var label = LabelRows.BestMatch(situation.PlannedRows, run.Project, run.Domain, workflow)?.Label;
        return SmokeJobs.Job(situation, new PreparedSmoke(wanted, plan, []), label, given: null)
            ?? throw new InvalidOperationException(
                $"pyflyte's execution would get {SmokeResult.Format(label)}, and none of its clusters is enabled and joined."
            );
    }
}
