using System.Net;
using Cake.Core.Diagnostics;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.SmokeRuns;

/// <summary>Where an execution comes from.</summary>
internal enum SmokeOrigin
{
    /// <summary>It is to be started, under a name that nothing else has.</summary>
    New,

    /// <summary>It is to be started, under a name that every run of this configuration takes: another one may be faster.</summary>
    Proof,

    /// <summary>pyflyte started it for this run.</summary>
    Pyflyte,

    /// <summary>Another run started it, an earlier one or another operator's: it is followed, and never aborted.</summary>
    AnotherRun,
}

/// <summary>Starts one execution and follows it until it is clear what it proves. One of this run's own that has not ended by then is aborted, also after
/// Ctrl+C.</summary>
/// <param name="context">The run.</param>
/// <param name="admin">FlyteAdmin.</param>
/// <param name="situation">What decides where executions land.</param>
/// <param name="job">What the execution is to prove.</param>
internal sealed class SmokeFollower(FlyteContext context, IFlyteAdmin admin, SmokeSituation situation, SmokeJob job)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    // Ctrl+C has ended the run's own token; the operator waits for this.
    private static readonly TimeSpan AbortPatience = TimeSpan.FromSeconds(10);

    private Starter _starter;

    // Who has made the execution that may be there.
    private enum Starter
    {
        Nobody,
        ThisRun,
        AnotherRun,
        Unknown,
    }

    private string Control => context.Run.ControlPlane.Name;

    private TimeProvider Time => context.Run.ControlPlane.Api.Time;

    /// <summary>Starts the execution, unless it runs already, and follows it.</summary>
    /// <param name="id">Its identity.</param>
    /// <param name="origin">Where it comes from.</param>
    /// <param name="cancellationToken">Cancels the wait, and the execution if this run has started it.</param>
    /// <returns>What it proved; null with the gate closed.</returns>
    /// <exception cref="OperationCanceledException">The run was interrupted; the execution is aborted if it is this run's.</exception>
    public async Task<SmokeResult?> RunAsync(ExecutionId id, SmokeOrigin origin, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        var begun = Time.GetUtcNow();
        SmokeResult result;
        try
        {
            _starter = origin switch
            {
                SmokeOrigin.Pyflyte => Starter.ThisRun,
                SmokeOrigin.AnotherRun => Starter.AnotherRun,
                _ => Starter.Nobody,
            };
            if (_starter == Starter.Nobody && !await StartAsync(id, origin == SmokeOrigin.Proof, cancellationToken))
                return null;
            if (origin is SmokeOrigin.Pyflyte or SmokeOrigin.AnotherRun)
                Report(id, origin == SmokeOrigin.Pyflyte ? "pyflyte started it" : "an earlier run started it: watching it");
            result = await FollowAsync(id, begun, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            if (_starter == Starter.ThisRun)
                await AbortAsync(id, "the run was interrupted");
            else if (_starter != Starter.Nobody)
                context.Log.Warning("[{0}] {1}: {2}", Control, id, DescribeLeftRunning(id));
            throw;
        }
        catch (FlyteAdminException exception) when (exception.IsUnreachable && IsOfFailedCluster(null))
        {
            // flyteadmin waits for a cluster that does not answer longer than what stands in front of it waits for flyteadmin.
            result = Result(id, null) with
            {
                IsOfFailedCluster = true,
            };
        }
        catch (Exception exception)
        {
            result = Result(id, null) with { Failure = exception.Message, Remedy = "Fix this, and run again." };
        }

        if (result is { IsOfFailedCluster: true } && !HasEnded(result.Phase) && _starter == Starter.ThisRun)
            await AbortAsync(id, "it went to a cluster that failed earlier in the run");
        if (result is { Failure: { } failure } && !HasEnded(result.Phase))
        {
            if (_starter == Starter.ThisRun)
                await AbortAsync(id, failure);
            else if (_starter != Starter.Nobody)
                result = result with { Remedy = $"{result.Remedy} {DescribeLeftRunning(id)}" };
        }

        return result with
        {
            Duration = Time.GetUtcNow() - begun,
        };
    }

    /// <summary>What an execution that has ended, or runs in the wrong place, proves; null while that is open.</summary>
    public SmokeResult? Judge(Execution live)
    {
        ArgumentNullException.ThrowIfNull(live);
        var result = Result(live.Id, live);
        if (IsOfFailedCluster(live))
            return result with { IsOfFailedCluster = true };
        if (live.Cluster is { } cluster && !job.Allowed.Contains(cluster, StringComparer.Ordinal))
        {
            var why = SmokeDiagnosis.Of(job, situation) ?? SmokeDiagnosis.Unexplained(job);
            return result with { Failure = $"It runs on {cluster} and not on {string.Join(" or ", job.Allowed)}. {why.Cause}", Remedy = why.Remedy };
        }

        return live.Phase switch
        {
            ExecutionPhase.Succeeded when live.Cluster is null => result with
            {
                Failure = "It succeeded, but FlyteAdmin does not report where.",
                Remedy =
                    "The flyteadmin that started it had no clusterConfigs. Run AddDataPlane, which waits until flyteadmin has loaded the fleet's clusters.",
            },
            ExecutionPhase.Succeeded => result,
            ExecutionPhase.Failed when live.Cluster is null => result with
            {
                Failure = $"No data plane accepted it{DescribeError(live)}.",
                Remedy =
                    $"Check that {string.Join(", ", job.Allowed)} can be reached from flyteadmin with the stored credential "
                    + "(--target=CollectCredentials tries it), then run again.",
            },
            ExecutionPhase.Failed or ExecutionPhase.TimedOut => result with
            {
                Failure = $"It ran on {live.Cluster} and failed there{DescribeError(live)}.",
                Remedy = "The label is right; look at the workflow's own error.",
            },
            ExecutionPhase.Aborted => result with { Failure = $"Somebody aborted it{DescribeError(live)}.", Remedy = "Run again." },
            _ => null,
        };
    }

    private bool IsOfFailedCluster(Execution? live) =>
        job.Failed.Count > 0 && (live?.Cluster is { } cluster ? job.Failed.ContainsKey(cluster) : live is null or { Phase: ExecutionPhase.Failed });

    private static bool HasEnded(ExecutionPhase phase) =>
        phase is ExecutionPhase.Succeeded or ExecutionPhase.Failed or ExecutionPhase.Aborted or ExecutionPhase.TimedOut;

    private static string DescribeError(Execution live) => string.IsNullOrWhiteSpace(live.Error) ? string.Empty : $": {live.Error.Trim().TrimEnd('.')}";

    private Task<bool> StartAsync(ExecutionId id, bool isShared, CancellationToken cancellationToken)
    {
        var request = new ExecutionRequest(id, job.Smoke.Plan, (System.Text.Json.Nodes.JsonObject)job.Smoke.Inputs.DeepClone(), job.Given);
        var change = new Change(
            Control,
            "Execution",
            null,
            id.ToString(),
            ChangeAction.Create,
            $"{job.Smoke.Plan.Name} {job.Smoke.Plan.Version}, {(job.Given is null && job.Label is not null ? $"which gets {job} by FlyteAdmin's rows" : job)}"
        );
        return context.Gate.PassAsync(change, (permit, token) => CreateAsync(permit, request, isShared, token), cancellationToken);
    }

    // Unless FlyteAdmin refuses it, it may be there although no answer came. After Ctrl+C the answer is waited for: what is made after its abortion would stay.
    // Of a name that others take too, only FlyteAdmin's word that it was made now tells whose it is.
    private async Task CreateAsync(ChangePermit permit, ExecutionRequest request, bool isShared, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource();
        await using var interrupted = cancellationToken.Register(() => patience.CancelAfter(AbortPatience));
        try
        {
            _starter = isShared ? Starter.Unknown : Starter.ThisRun;
            var isMade = await admin.CreateExecutionAsync(permit, request, patience.Token);
            if (!isShared)
                return;
            _starter = isMade ? Starter.ThisRun : Starter.AnotherRun;
            if (!isMade)
                Report(request.Id, "another run started it at the same time: watching it");
        }
        catch (FlyteAdminException exception) when (exception.Status is >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError)
        {
            _starter = Starter.Nobody;
            throw;
        }
    }

    private async Task<SmokeResult> FollowAsync(ExecutionId id, DateTimeOffset begun, CancellationToken cancellationToken)
    {
        Execution? last = null;
        for (var pause = FirstPause; ; pause = pause * 1.5 > LongestPause ? LongestPause : pause * 1.5)
        {
            var live = await LookAsync(id, cancellationToken);
            if (live is not null && (live.Phase != last?.Phase || live.Cluster != last.Cluster))
                Report(id, $"{SmokeResult.Format(live.Phase)}{(live.Cluster is null ? string.Empty : $" on {live.Cluster}")}");
            last = live ?? last;
            if (live is not null && Judge(live) is { } verdict)
                return verdict;
            if (Time.GetUtcNow() - begun > job.Smoke.Spec.Timeout)
                return Late(id, last);
            await Task.Delay(pause, Time, cancellationToken);
        }
    }

    // FlyteAdmin may be away for a moment; the execution's own timeout is the limit.
    private async Task<Execution?> LookAsync(ExecutionId id, CancellationToken cancellationToken)
    {
        try
        {
            return await admin.ExecutionAsync(id, cancellationToken);
        }
        catch (FlyteAdminException exception) when (exception.IsUnreachable)
        {
            return null;
        }
    }

    private SmokeResult Late(ExecutionId id, Execution? last)
    {
        var result = Result(id, last);
        var waited = $"after {job.Smoke.Spec.Timeout.TotalSeconds:0} s";
        return last switch
        {
            null => result with { Failure = $"FlyteAdmin reported nothing about it {waited}.", Remedy = "Check that flyteadmin runs, then run again." },
            { Cluster: { } cluster, Phase: ExecutionPhase.Queued or ExecutionPhase.Undefined } => result with
            {
                Failure = $"It was sent to {cluster} and is still {SmokeResult.Format(last.Phase)} {waited}: {cluster} does not report back.",
                Remedy =
                    $"In {cluster}, look at flytepropeller's log: it does not run, does not reach flyteadmin (configmap.admin.admin.endpoint), "
                    + $"or it has another name than {cluster} (flytepropeller.clusterName), and flyteadmin refuses its events. No name is fine too.",
            },
            { Phase: ExecutionPhase.Queued or ExecutionPhase.Undefined } => result with
            {
                Failure = $"It is still {SmokeResult.Format(last.Phase)} {waited}, and has not been sent to a cluster.",
                Remedy = "Look at flyteadmin's log.",
            },
            _ => result with
            {
                Failure = $"It is still {SmokeResult.Format(last.Phase)} on {last.Cluster} {waited}.",
                Remedy = "Give the smoke run a longer timeout in the fleet, or a quicker launch plan.",
            },
        };
    }

    /// <summary>Aborts an execution of this run's own; where that fails, logs how to do it by hand. Takes 10 seconds at most, also after Ctrl+C.</summary>
    /// <param name="id">The execution.</param>
    /// <param name="cause">Why, for FlyteAdmin's record.</param>
    public async Task AbortAsync(ExecutionId id, string cause)
    {
        ArgumentNullException.ThrowIfNull(id);
        using var patience = new CancellationTokenSource(AbortPatience);
        try
        {
            var change = new Change(Control, "Execution", null, id.ToString(), ChangeAction.Delete, "abort it: it has not ended");
            await context.Gate.PassAsync(
                change,
                (permit, token) => admin.AbortExecutionAsync(permit, id, $"flyte-multicluster smoke run: {cause}", token),
                patience.Token
            );
        }
        catch (FlyteAdminException exception) when (exception.Status == HttpStatusCode.NotFound)
        {
            // The interruption came before it was created.
        }
        catch (Exception exception) when (exception is FlyteAdminException or OperationCanceledException)
        {
            context.Log.Warning("[{0}] {1} could not be aborted: {2} Do it with: {3}", Control, id, exception.Message, Abortion(id));
        }
    }

    private static string Abortion(ExecutionId id) => $"flytectl delete execution -p {id.Project} -d {id.Domain} {id.Name}";

    private string DescribeLeftRunning(ExecutionId id) =>
        $"{(_starter == Starter.Unknown ? "Whether this run or another one started it is not known" : "Another run started it")}, so it is left "
        + $"running. If nobody needs it, abort it: {Abortion(id)}";

    private SmokeResult Result(ExecutionId id, Execution? live) =>
        new()
        {
            Label = job.Label,
            Execution = id.ToString(),
            Cluster = live?.Cluster,
            Allowed = job.Allowed,
            Phase = live?.Phase ?? ExecutionPhase.Undefined,
        };

    private void Report(ExecutionId id, string line) => context.Report(Control, $"smoke run, {job}: {id} {line}");
}
