using System.Text.Json.Nodes;
using Cake.Core.Diagnostics;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Retries;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Helm;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Install.Helm;

/// <summary>Brings a release to a chart and values: reads what is there, and calls helm only for a difference.</summary>
/// <param name="run">The run.</param>
/// <param name="cluster">The cluster.</param>
/// <param name="release">The release's name.</param>
/// <param name="helm">The helm commands.</param>
/// <param name="values">Reads and merges values as Helm does.</param>
/// <param name="manifests">The rendered manifests.</param>
/// <param name="gate">The gate that the changes pass.</param>
/// <param name="source">The Git tree that the fleet file is in.</param>
/// <param name="options">The options.</param>
/// <param name="log">Receives what is reported.</param>
public sealed class ReleaseInstaller(
    FleetRun run,
    ClusterRun cluster,
    string release,
    HelmTools helm,
    IHelmValues values,
    RenderedManifests manifests,
    IChangeGate gate,
    FleetSource source,
    RunOptions options,
    ICakeLog log
)
{
    // Each is one in which another helm was quicker.
    private const int Rounds = 8;

    /// <summary>What is in the way of an upgrade of the release.</summary>
    public ReleaseConflicts Conflicts => new(run, cluster, release, helm, values, options);

    /// <summary>The newest revision once no helm is at work on it any more; a pending one is recovered through the gate where the run may.</summary>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    /// <exception cref="InvalidOperationException">It stays pending, and <c>--recover</c> was not given.</exception>
    public async Task<HelmRelease?> SettledAsync(CancellationToken cancellationToken)
    {
        // It was not pending when the run began, unless --recover let it pass: somebody else is at work, with a helm that has as long as ours.
        TimeSpan? oldest = options.Recover ? null : options.Timeout;
        var live = await PendingRelease.SettleAsync(cluster.Api, run.Namespace, release, cancellationToken, oldest, line => log.Report(cluster.Name, line));
        return await PendingRelease.RecoverAsync(run, cluster, live, gate, options.Recover, cancellationToken);
    }

    /// <summary>Why the release is not as wanted; null when it is.</summary>
    /// <param name="live">The newest revision; null when there is none.</param>
    /// <param name="valuesFiles">The wanted values files, in order.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    /// <exception cref="FormatException">A values file is not valid.</exception>
    public async Task<ReleaseDifference?> DifferenceAsync(HelmRelease? live, IReadOnlyList<string> valuesFiles, CancellationToken cancellationToken)
    {
        var wanted = values.MergeFiles(valuesFiles);
        if (Difference(live, wanted) is { } difference)
            return difference;
        var drift = await ManifestObjects.DriftAsync(cluster.Api, run.Namespace, live!, values, cancellationToken);
        string[] phrases = [.. drift.Phrases, .. drift.Idle.Select(name => $"Deployment {name} has 0 replicas")];
        return phrases.Length == 0
            ? null
            : new ReleaseDifference($"the cluster differs from revision {live!.Revision}: {FormatList(phrases)}", IsDrift: true)
            {
                Idle = drift.Idle,
                NeedsHelm = drift.Phrases.Count > 0,
                Drifted = drift.Objects,
            };
    }

    /// <summary>Why the release is not as wanted, as far as the release itself says; null when it is.</summary>
    /// <param name="live">The newest revision; null when there is none.</param>
    /// <param name="wanted">All the values that it should have.</param>
    public ReleaseDifference? Difference(HelmRelease? live, JsonObject wanted)
    {
        if (live is null)
            return new ReleaseDifference("it is not installed");
        if (live.Status != "deployed")
            return new ReleaseDifference($"its newest revision {live.Revision} is {live.Status}");
        if (run.Chart.DifferenceFrom(live) is { } chart)
            return new ReleaseDifference(chart);
        return values.Same(live.Config, wanted) ? null : new ReleaseDifference($"values differ: {FormatList(values.Changed(live.Config, wanted))}");
    }

    /// <summary>Installs or upgrades through the gate, unless another helm is at work on the release.</summary>
    /// <param name="live">The newest revision; null when there is none.</param>
    /// <param name="difference">Why.</param>
    /// <param name="valuesFiles">The values files, in order.</param>
    /// <param name="round">How often this was tried, from 1; the last time another helm's work is a failure.</param>
    /// <param name="cancellationToken">Cancels helm.</param>
    /// <returns>False where another helm was quicker, after a pause: settle, and look at the difference again.</returns>
    /// <exception cref="HelmException">helm failed.</exception>
    /// <exception cref="RefusedException">Helm would refuse, or would take over fields that are not the chart's.</exception>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<bool> TryUpgradeAsync(
        HelmRelease? live,
        ReleaseDifference difference,
        IReadOnlyList<string> valuesFiles,
        int round,
        CancellationToken cancellationToken
    )
    {
        if (ChartUpgrade.Refused(run, cluster, live, options) is { } refused)
            throw new RefusedException([refused]);
        try
        {
            await UpgradeAsync(live, difference, valuesFiles, cancellationToken);
            return true;
        }
        catch (HelmException exception) when (round < Rounds && (exception.IsBusy || exception.IsForeign))
        {
            // Another helm's objects are no longer marked as the release's where their pods have replaced them since.
            if (!exception.IsBusy && await IsAsBeforeAsync(live, cancellationToken))
                throw;
            log.Report(cluster.Name, $"Another helm is working on release {release}. Checking again.");
            await Task.Delay(TimeSpan.FromMilliseconds(500 * round), cluster.Api.Time, cancellationToken);
            return false;
        }
    }

    private async Task<bool> IsAsBeforeAsync(HelmRelease? live, CancellationToken cancellationToken) =>
        (await HelmReleases.FindAsync(cluster.Api, run.Namespace, release, cancellationToken))?.Revision == live?.Revision;

    private async Task UpgradeAsync(HelmRelease? live, ReleaseDifference difference, IReadOnlyList<string> valuesFiles, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(difference);
        var taken =
            live is null ? cluster.Planned.Taken
            : difference.IsDrift ? []
            : await TakenAsync(live, valuesFiles, cancellationToken);
        var reason = taken.Count == 0 ? difference.Reason : $"{difference.Reason}; helm takes over {FormatList(taken)}";
        var settings = Settings(valuesFiles);
        var change = new Change(cluster.Name, "HelmRelease", run.Namespace, release, live is null ? ChangeAction.Create : ChangeAction.Update, reason)
        {
            Difference = token => new ReleaseDifferences(run, cluster, manifests, values).OfAsync(live, difference, settings, taken, token),
        };
        settings.ForceConflicts =
            helm.IsServerSide && live is not { IsServerSideApplied: false } && (difference.IsDrift || taken.Count > 0 || options.ForceConflicts);
        if (difference.NeedsHelm)
            await gate.PassAsync(change, (permit, token) => MakeAsync(permit, settings, token), cancellationToken);
        foreach (var name in difference.Idle)
            await StartAsync(name, cancellationToken);
    }

    private async Task<IReadOnlyList<string>> TakenAsync(HelmRelease live, IReadOnlyList<string> valuesFiles, CancellationToken cancellationToken)
    {
        var conflicts = Conflicts;
        var rendered = await manifests.OfAsync(run, release, valuesFiles, [], cancellationToken);
        var found = await conflicts.FindAsync(live, await conflicts.ExistingAsync(rendered, cancellationToken), cancellationToken);
        return found.Problems.Count == 0 ? found.Fields : throw new RefusedException([.. found.Problems]);
    }

    /// <summary>The Deployments that the release would have; nothing is changed.</summary>
    /// <param name="valuesFiles">The wanted values files, in order.</param>
    /// <param name="cancellationToken">Cancels helm.</param>
    /// <exception cref="HelmException">helm failed.</exception>
    /// <exception cref="FormatException">What helm renders is not YAML.</exception>
    public async Task<IReadOnlyList<JsonObject>> PreviewAsync(IReadOnlyList<string> valuesFiles, CancellationToken cancellationToken) =>
        ManifestObjects.OfKind(await manifests.PreviewAsync(cluster, Settings(valuesFiles), cancellationToken), "Deployment", values);

    private HelmUpgradeSettings Settings(IReadOnlyList<string> valuesFiles) =>
        new()
        {
            Release = release,
            Chart = run.Chart.Folder,
            Namespace = run.Namespace,
            KubeContext = cluster.Context,
            Kubeconfig = run.Kubeconfig,
            Values = valuesFiles,
            Timeout = options.Timeout,
        };

    // Without a number in the manifest helm leaves the 0; Kubernetes would have taken 1.
    private Task<bool> StartAsync(string deployment, CancellationToken cancellationToken) =>
        gate.PassAsync(
            new Change(cluster.Name, "Deployment", run.Namespace, deployment, ChangeAction.Update, "1 replica instead of 0"),
            (permit, token) =>
                cluster.Api.MergePatchAsync(
                    permit,
                    KubernetesPaths.Deployment(run.Namespace, deployment),
                    new JsonObject { ["spec"] = new JsonObject { ["replicas"] = 1 } },
                    FieldManagers.Tool,
                    token
                ),
            cancellationToken
        );

    // What this run has made is all that it may take back.
    private async Task MakeAsync(ChangePermit permit, HelmUpgradeSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            await RunHelmAsync(permit, settings, cancellationToken);
            await NoteMadeAsync(cancellationToken);
        }
        catch (HelmException exception) when (exception is { IsBusy: false, IsForeign: false })
        {
            await NoteMadeAsync(cancellationToken);
            throw;
        }
    }

    private async Task NoteMadeAsync(CancellationToken cancellationToken)
    {
        if (run.UpgradesChart && await HelmReleases.HistoryAsync(cluster.Api, run.Namespace, release, cancellationToken) is [var newest, ..])
            cluster.Planned.Made = newest.Revision;
    }

    private async Task RunHelmAsync(ChangePermit permit, HelmUpgradeSettings settings, CancellationToken cancellationToken)
    {
        HelmException? before = null;
        settings.Description = (await source.ReadAsync(run.Fleet.Path, cancellationToken))?.Description;
        await RetryPolicy.HelmConnection.RunAsync(
            async () =>
            {
                if (before is not null)
                    log.Report(cluster.Name, $"{before.Message} Trying again.");
                await helm.Upgrade.UpgradeAsync(permit, settings, cancellationToken);
            },
            (HelmException exception) => (before = exception).IsTransient,
            cluster.Api.Time,
            cancellationToken
        );
    }

    private static string FormatList(IReadOnlyList<string> all) => ShortList.Of(all, 4);
}

/// <summary>Why a release is not as wanted.</summary>
/// <param name="Reason">In words, without values.</param>
/// <param name="IsDrift">Somebody changed the cluster behind Helm's back.</param>
public sealed record ReleaseDifference(string Reason, bool IsDrift = false)
{
    /// <summary>The Deployments that helm would leave at 0 replicas.</summary>
    public IReadOnlyList<string> Idle { get; init; } = [];

    /// <summary>The manifests of the objects that somebody changed, each with what is in the cluster; null where it is gone.</summary>
    public IReadOnlyList<(JsonObject Manifest, JsonObject? Live)> Drifted { get; init; } = [];

    /// <summary>Whether helm is needed to put it right.</summary>
    public bool NeedsHelm { get; init; } = true;
}
