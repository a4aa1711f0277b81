using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Common.Install.Helm;

/// <summary>
/// A release that an interrupted helm left in pending-install, pending-upgrade or pending-rollback: helm refuses every further operation on it.
/// </summary>
public static class PendingRelease
{
    // helm's work without --wait is over in seconds; a helm that is older was interrupted, or belongs to somebody who waits with it.
    private static readonly TimeSpan WaitedForAge = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>Waits for a young pending operation to end by itself: helm outlives a killed run, and another operator's helm may be at work.</summary>
    /// <param name="api">The cluster.</param>
    /// <param name="ns">The namespace.</param>
    /// <param name="release">The release's name.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <param name="oldest">How old an operation may be that is waited for; null for two minutes. An older one is not waited for at all.</param>
    /// <param name="report">Gets what is waited for, every 30 seconds; null where nobody asks.</param>
    /// <returns>The newest revision; still pending when nothing ended it.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public static async Task<HelmRelease?> SettleAsync(
        ClusterApi api,
        string ns,
        string release,
        CancellationToken cancellationToken,
        TimeSpan? oldest = null,
        Action<string>? report = null
    )
    {
        ArgumentNullException.ThrowIfNull(api);
        var began = api.Time.GetUtcNow();
        for (var next = TimeSpan.Zero; ; await Task.Delay(Pause, api.Time, cancellationToken))
        {
            var live = await HelmReleases.FindAsync(api, ns, release, cancellationToken);
            var now = api.Time.GetUtcNow();
            // The clock of whoever runs the other helm may be another one.
            if (live is not { IsPending: true } || now - live.LastDeployed > (oldest ?? WaitedForAge) || now - began > (oldest ?? WaitedForAge))
                return live;
            if (now - began < next)
                continue;
            var waited = next > TimeSpan.Zero ? $", for {(now - began).TotalSeconds:0} s so far" : string.Empty;
            report?.Invoke(
                $"Helm release {live.Name} is in {live.Status} (revision {live.Revision}): another helm is working on it. Waiting for it to end{waited}."
            );
            next += Interval;
        }
    }

    /// <summary>What to say about a pending release.</summary>
    public static string Explain(HelmRelease live)
    {
        ArgumentNullException.ThrowIfNull(live);
        return $"Helm release {live.Name} is in {live.Status} (revision {live.Revision}): another helm is working on it, or one was interrupted.";
    }

    /// <summary>The remedy to offer.</summary>
    public const string Remedy =
        "If somebody is working there, wait for it; if it was interrupted, run again with --recover, which marks that revision as failed so that "
        + "Helm can continue from it.";

    /// <summary>Marks a pending revision as failed, through the gate; nothing for a release that is not pending.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="live">The release; null for none.</param>
    /// <param name="gate">The gate that the change passes.</param>
    /// <param name="mayRecover">Whether <c>--recover</c> was given.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <returns>The release as it is afterwards.</returns>
    /// <exception cref="InvalidOperationException">It is pending and <c>--recover</c> was not given.</exception>
    public static async Task<HelmRelease?> RecoverAsync(
        FleetRun run,
        ClusterRun cluster,
        HelmRelease? live,
        IChangeGate gate,
        bool mayRecover,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(gate);
        if (live is not { IsPending: true })
            return live;
        if (!mayRecover)
            throw new InvalidOperationException($"{Explain(live)} {Remedy}");
        var ns = run.Namespace;
        var change = new Change(cluster.Name, "HelmRelease", ns, live.Name, ChangeAction.Update, $"revision {live.Revision}: {live.Status} becomes failed");
        var path = KubernetesPaths.Core(ns, "secrets", $"sh.helm.release.v1.{live.Name}.v{live.Revision}");
        return await gate.PassAsync(
            change,
            (permit, token) => cluster.Api.MergePatchAsync(permit, path, live.AsFailed(), FieldManagers.Tool, token),
            cancellationToken
        )
            ? await HelmReleases.FindAsync(cluster.Api, ns, live.Name, cancellationToken)
            : live;
    }
}
