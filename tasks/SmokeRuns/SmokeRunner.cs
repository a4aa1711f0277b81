using System.Collections.Concurrent;
using Cake.Core.Diagnostics;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Pyflyte;

namespace Flyte.MultiCluster.Tasks.SmokeRuns;

/// <summary>Proves where executions land: all at once, each followed to its end.</summary>
/// <param name="context">The run.</param>
/// <param name="admin">FlyteAdmin.</param>
/// <param name="situation">What decides where executions land.</param>
/// <param name="overlays">The rendered overlays.</param>
/// <param name="pyflyte">Runs pyflyte.</param>
internal sealed class SmokeRunner(FlyteContext context, IFlyteAdmin admin, SmokeSituation situation, RenderedOverlays overlays, PyflyteRunRunner pyflyte)
{
    private readonly ConcurrentQueue<SmokeResult> _ended = new();

    /// <summary>Runs the fleet's <c>smoke</c>.</summary>
    /// <param name="isFresh">True starts new executions; false is content with those that have proven this very configuration, and goes on with those that
    /// run.</param>
    /// <param name="cancellationToken">Cancels the run; the executions that have not ended are aborted.</param>
    /// <returns>What was proven, what failed, and what no execution proved; with the gate closed, what has been proven.</returns>
    /// <exception cref="OperationCanceledException">The run was interrupted.</exception>
    public async Task<SmokeOutcome> RunAsync(bool isFresh, CancellationToken cancellationToken)
    {
        var (jobs, leftOut) = SmokeJobs.Of(situation);
        var results = new List<SmokeResult>();
        if (context.Gate.IsOpen)
            results.AddRange(Rows(jobs));
        try
        {
            var runs = await Task.WhenAll(jobs.Select(job => JobAsync(job, isFresh, cancellationToken)));
            results.AddRange(runs.SelectMany(run => run.Results));
            return Report(new SmokeOutcome(results, [.. leftOut, .. runs.SelectMany(run => run.Gaps)]));
        }
        catch (OperationCanceledException)
        {
            // What was known by then is worth telling.
            Report(new SmokeOutcome([.. results, .. _ended], []));
            throw;
        }
    }

    /// <summary>Runs the fleet's <c>pyflyte</c>.</summary>
    /// <param name="cancellationToken">Cancels the run; the execution is aborted.</param>
    /// <returns>What was proven; nothing with the gate closed.</returns>
    /// <exception cref="OperationCanceledException">The run was interrupted.</exception>
    public async Task<SmokeOutcome> RunPyflyteAsync(CancellationToken cancellationToken) =>
        Report(
            new SmokeOutcome(
                situation.Fleet.Pyflyte is { } run ? await new PyflyteSmoke(context, admin, situation, pyflyte).RunAsync(run, cancellationToken) : [],
                []
            )
        );

    /// <summary>A failure in words.</summary>
    public static string Describe(SmokeResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return $"{(result.Execution is null ? string.Empty : $"{result.Execution}: ")}{result.Failure} {result.Remedy}";
    }

    private SmokeOutcome Report(SmokeOutcome outcome)
    {
        foreach (var gap in outcome.Gaps)
            context.Journal.Add(gap.ToString());
        foreach (var result in outcome.Results)
            context.Run.State.Of<SmokeResults>().Add(result);
        foreach (var failed in outcome.Results.Where(result => result.Failure is not null))
            context.Log.Error("[{0}] smoke run, {1}: {2}", context.Run.ControlPlane.Name, SmokeResult.Format(failed.Label), Describe(failed));
        return outcome;
    }

    // Rows that no execution goes by are looked at alone.
    private IEnumerable<SmokeResult> Rows(IReadOnlyList<SmokeJob> jobs)
    {
        foreach (var (scope, label) in situation.FleetRows)
        {
            // A row that waits for its label is told by the labels' stage, one that a job goes by is told by the job.
            var isReported =
                situation.Loaded?.Labels.ContainsKey(label) == false
                || jobs.Any(job => job.Given is null && job.Label == label && SmokeDiagnosis.Of(job, situation) is not null);
            if (!isReported && SmokeDiagnosis.OfRow(scope, situation) is { } why)
                yield return new SmokeResult
                {
                    Label = label,
                    Allowed = situation.Loaded?.Allowed(label) ?? [],
                    Failure = why.Cause,
                    Remedy = why.Remedy,
                };
        }
    }

    private async Task<SmokeOutcome> JobAsync(SmokeJob job, bool isFresh, CancellationToken cancellationToken)
    {
        // Where chance decides, an execution that happens to land right would hide this.
        if (context.Gate.IsOpen && SmokeDiagnosis.Of(job, situation) is { } why)
            return new SmokeOutcome(
                [
                    new SmokeResult
                    {
                        Label = job.Label,
                        Allowed = job.Allowed,
                        Failure = $"No execution was started: it could land elsewhere. {why.Cause}",
                        Remedy = why.Remedy,
                    },
                ],
                []
            );
        var names = isFresh ? SmokeNames.Fresh() : SmokeNames.Of(job, situation, await VersionAsync(job));
        var (seen, started) = (new List<SmokeResult>(), 0);
        for (var count = job.Count; ; count = Math.Min(SmokeOdds.Most, count + job.Clusters.Count))
        {
            var results = await Task.WhenAll(
                Enumerable.Range(started, count - started).Select(index => EndedAsync(ExecutionAsync(job, names, index, isFresh, cancellationToken)))
            );
            started = count;
            seen.AddRange(results.OfType<SmokeResult>().Where(result => !result.IsOfFailedCluster));
            if (results.Contains(null) || seen.Exists(result => result.Failure is not null))
                return new SmokeOutcome(seen, []);
            SmokeGap[] unseen = [.. job.Failed.Count > 0 ? GapsBesideFailures(job, seen, started) : Gaps(job, seen, isFresh)];

            // flyteadmin chooses by the execution's name (random_cluster_selector.go, GetWithSeed): names that were used lead to the same clusters for ever.
            if (unseen.Length == 0 || (isFresh && job.Failed.Count == 0) || count >= SmokeOdds.Most)
                return new SmokeOutcome(seen, unseen);
        }
    }

    private async Task<SmokeResult?> EndedAsync(Task<SmokeResult?> execution)
    {
        var result = await execution;
        if (result is { IsOfFailedCluster: false })
            _ended.Enqueue(result);
        return result;
    }

    // What is installed: another one has to prove itself anew. The overlays of other clusters were not checked, and need not even render.
    private async Task<string> VersionAsync(SmokeJob job)
    {
        if (context.Run.Fleet.Flyte.Overlays is not { } folders)
            return context.Run.UpgradesChart ? await LiveVersionAsync() : context.Run.Chart.Version;
        var own = context
            .Run.Active.Where(plane => job.Allowed.Contains(plane.Name, StringComparer.Ordinal))
            .Select(plane => plane.Spec.Overlay ?? folders.DataPlane);
        var installed = await Task.WhenAll(own.Distinct(StringComparer.Ordinal).Prepend(folders.ControlPlane).Select(overlays.OfAsync));
        return string.Join(' ', installed.Select(overlay => overlay.Digest));
    }

    // While a fleet is upgraded, what an earlier chart proved is no proof of the next.
    private async Task<string> LiveVersionAsync()
    {
        var control = context.Run.ControlPlane;
        var live = await HelmReleases.FindAsync(control.Api, context.Run.Namespace, control.Release, context.Cancellation);
        return ChartUpgrade.InForce(live)?.ChartVersion ?? context.Run.Chart.Version;
    }

    private async Task<SmokeResult?> ExecutionAsync(SmokeJob job, SmokeNames names, int index, bool isFresh, CancellationToken cancellationToken)
    {
        var follower = new SmokeFollower(context, admin, situation, job);
        for (var attempt = 0; ; attempt++)
        {
            var id = names.Id(job.Smoke.Plan, index, attempt);
            Execution? live;
            try
            {
                live = isFresh || IsChanging(job) ? null : await admin.ExecutionAsync(id, cancellationToken);
            }
            catch (FlyteAdminException exception)
            {
                cancellationToken.ThrowIfCancellationRequested();
                return new SmokeResult
                {
                    Label = job.Label,
                    Allowed = job.Allowed,
                    Failure = $"It is not known whether {id} proved it: {exception.Message.TrimEnd('.')}.",
                    Remedy = "Look at flyteadmin's log, and run again.",
                };
            }

            if (live is null)
                return await follower.RunAsync(id, isFresh ? SmokeOrigin.New : SmokeOrigin.Proof, cancellationToken);
            if (!live.HasEnded)
                return await follower.RunAsync(id, SmokeOrigin.AnotherRun, cancellationToken);
            if (follower.Judge(live) is { Failure: null } proof)
            {
                context.Report(context.Run.ControlPlane.Name, $"smoke run, {job}: {id} proved it, on {live.Cluster}");
                return proof with { WasProven = true };
            }
        }
    }

    // In a plan: after the changes to come, what is proven now proves nothing.
    private bool IsChanging(SmokeJob job) =>
        !context.Gate.IsOpen
        && context.Gate.Changes.Any(change =>
            (change.Cluster == context.Run.ControlPlane.Name || job.Allowed.Contains(change.Cluster, StringComparer.Ordinal))
            && change.Kind is "HelmRelease" or "Deployment" or "Secret"
        );

    private static IEnumerable<SmokeGap> GapsBesideFailures(SmokeJob job, List<SmokeResult> seen, int started) =>
        job
            .Clusters.Where(cluster => seen.TrueForAll(result => result.Cluster != cluster.Id))
            .Select(cluster => new SmokeGap(
                $"Smoke run, {job}: none of {started} executions ran on {cluster.Id}; the others may have gone to {string.Join(", ", job.Failed.Keys)}.",
                "Fix that cluster, and run again."
            ));

    private static IEnumerable<SmokeGap> Gaps(SmokeJob job, List<SmokeResult> seen, bool isFresh) =>
        job
            .Clusters.Where(cluster => !job.IsPinned && seen.TrueForAll(result => result.Cluster != cluster.Id))
            .Select(cluster => new SmokeGap(
                $"Smoke run, {job}: none of {seen.Count} executions ran on {cluster.Id}. With its weight of {cluster.Weight:0.###} the chance of "
                    + $"that is {SmokeOdds.Missed(cluster.Weight, seen.Count):0.#%}.",
                isFresh
                    ? "Run again, and investigate if it persists."
                    : "Run --target=SmokeRun, which starts new ones: these always go to the same cluster, since flyteadmin chooses by an execution's "
                        + "name. Investigate if it persists."
            ));
}
