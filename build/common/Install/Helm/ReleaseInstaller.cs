using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Retries;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Helm;

namespace Flyte.MultiCluster.Common.Install.Helm;

/// <summary>Brings a release to a chart and values: reads what is there, and calls helm only for a difference.</summary>
/// <param name="context">The run.</param>
/// <param name="cluster">The cluster.</param>
/// <param name="release">The release's name.</param>
public sealed class ReleaseInstaller(FlyteContext context, ClusterRun cluster, string release)
{
    // Each is one in which another helm was quicker.
    private const int Rounds = 8;

    /// <summary>The newest revision once no helm is at work on it any more; a pending one is recovered through the gate where the run may.</summary>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    /// <exception cref="InvalidOperationException">It stays pending, and <c>--recover</c> was not given.</exception>
    public async Task<HelmRelease?> SettledAsync(CancellationToken cancellationToken)
    {
        // It was not pending when the run began, unless --recover let it pass: somebody else is at work, with a helm that has as long as ours.
        TimeSpan? oldest = context.Options.Recover ? null : context.Options.Timeout;
        var live = await PendingRelease.SettleAsync(
            cluster.Api, context.Run.Namespace, release, cancellationToken, oldest, line => context.Report(cluster.Name, line));
        return await PendingRelease.RecoverAsync(context, cluster, live, cancellationToken);
    }

    /// <summary>Why the release is not as wanted; null when it is.</summary>
    /// <param name="live">The newest revision; null when there is none.</param>
    /// <param name="valuesFiles">The wanted values files, in order.</param>
    /// <param name="cancellationToken">Ends the requests.</param>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    /// <exception cref="FormatException">A values file is not valid.</exception>
    public async Task<ReleaseDifference?> DifferenceAsync(HelmRelease? live, IReadOnlyList<string> valuesFiles, CancellationToken cancellationToken)
    {
        var wanted = context.Values.Merge(valuesFiles.Select(file => context.Values.Parse(File.ReadAllText(file), file)));
        if (Difference(live, wanted) is { } difference)
            return difference;
        var drift = await ManifestObjects.DriftAsync(cluster.Api, context.Run.Namespace, live!, context.Values, cancellationToken);
        string[] phrases = [.. drift.Phrases, .. drift.Idle.Select(name => $"Deployment {name} has 0 replicas")];
        return phrases.Length == 0 ? null
            : new ReleaseDifference($"the cluster differs from revision {live!.Revision}: {FormatList(phrases)}", IsDrift: true)
            {
                Idle = drift.Idle,
                NeedsHelm = drift.Phrases.Count > 0,
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
        if (context.Run.Chart.DifferenceFrom(live) is { } chart)
            return new ReleaseDifference(chart);
        return context.Values.Same(live.Config, wanted) ? null : new ReleaseDifference($"values differ: {FormatList(context.Values.Changed(live.Config, wanted))}");
    }

    /// <summary>Installs or upgrades through the gate, unless another helm is at work on the release.</summary>
    /// <param name="live">The newest revision; null when there is none.</param>
    /// <param name="difference">Why.</param>
    /// <param name="valuesFiles">The values files, in order.</param>
    /// <param name="round">How often this was tried, from 1; the last time another helm's work is a failure.</param>
    /// <param name="cancellationToken">Ends helm.</param>
    /// <returns>False where another helm was quicker, after a pause: settle, and look at the difference again.</returns>
    /// <exception cref="HelmException">helm failed.</exception>
    /// <exception cref="RefusedException">Helm would refuse, or would take over fields that are not the chart's.</exception>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<bool> TryUpgradeAsync(
        HelmRelease? live, ReleaseDifference difference, IReadOnlyList<string> valuesFiles, int round, CancellationToken cancellationToken)
    {
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
            context.Report(cluster.Name, $"Another helm is working on release {release}. Looking again.");
            await Task.Delay(TimeSpan.FromMilliseconds(500 * round), cluster.Api.Time, cancellationToken);
            return false;
        }
    }

    private async Task<bool> IsAsBeforeAsync(HelmRelease? live, CancellationToken cancellationToken)
        => (await HelmReleases.FindAsync(cluster.Api, context.Run.Namespace, release, cancellationToken))?.Revision == live?.Revision;

    private async Task UpgradeAsync(HelmRelease? live, ReleaseDifference difference, IReadOnlyList<string> valuesFiles, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(difference);
        var taken = live is null ? cluster.Planned.Taken : difference.IsDrift ? [] : await TakenAsync(live, valuesFiles, cancellationToken);
        var reason = taken.Count == 0 ? difference.Reason : $"{difference.Reason}; helm takes over {FormatList(taken)}";
        var change = new Change(cluster.Name, "HelmRelease", context.Run.Namespace, release, live is null ? ChangeAction.Create : ChangeAction.Update, reason);
        var settings = Settings(valuesFiles);
        settings.ForceConflicts = context.HelmMajor >= 4 && live is not { IsServerSideApplied: false }
            && (difference.IsDrift || taken.Count > 0 || context.Options.ForceConflicts);
        if (difference.NeedsHelm)
            await context.Gate.PassAsync(change, (permit, token) => RunHelmAsync(permit, settings, token), cancellationToken);
        foreach (var name in difference.Idle)
            await StartAsync(name, cancellationToken);
    }

    private async Task<IReadOnlyList<string>> TakenAsync(HelmRelease live, IReadOnlyList<string> valuesFiles, CancellationToken cancellationToken)
    {
        var conflicts = new ReleaseConflicts(context, cluster, release);
        var rendered = await context.Run.State.Of<RenderedManifests>().OfAsync(context, release, valuesFiles, [], cancellationToken);
        var found = await conflicts.FindAsync(live, await conflicts.ExistingAsync(rendered, cancellationToken), cancellationToken);
        return found.Problems.Count == 0 ? found.Fields : throw new RefusedException([.. found.Problems]);
    }

    /// <summary>The Deployments that the release would have; nothing is changed.</summary>
    /// <param name="valuesFiles">The wanted values files, in order.</param>
    /// <param name="cancellationToken">Ends helm.</param>
    /// <exception cref="HelmException">helm failed.</exception>
    /// <exception cref="FormatException">What helm renders is not YAML.</exception>
    public async Task<IReadOnlyList<JsonObject>> PreviewAsync(IReadOnlyList<string> valuesFiles, CancellationToken cancellationToken)
        => ManifestObjects.OfKind(await context.Helm.Upgrade.PreviewAsync(Settings(valuesFiles), cancellationToken), "Deployment", context.Values);

    private HelmUpgradeSettings Settings(IReadOnlyList<string> valuesFiles) => new()
    {
        Release = release,
        Chart = context.Run.Chart.Folder,
        Namespace = context.Run.Namespace,
        KubeContext = cluster.Context,
        Kubeconfig = context.Run.Kubeconfig,
        Values = valuesFiles,
        Timeout = context.Options.Timeout,
    };

    // Without a number in the manifest helm leaves the 0; Kubernetes would have taken 1.
    private Task<bool> StartAsync(string deployment, CancellationToken cancellationToken)
        => context.Gate.PassAsync(
            new Change(cluster.Name, "Deployment", context.Run.Namespace, deployment, ChangeAction.Update, "1 replica instead of 0"),
            (permit, token) => cluster.Api.MergePatchAsync(permit, KubernetesPaths.Deployment(context.Run.Namespace, deployment), new JsonObject { ["spec"] = new JsonObject { ["replicas"] = 1 } }, FieldManagers.Tool, token),
            cancellationToken);

    private Task RunHelmAsync(ChangePermit permit, HelmUpgradeSettings settings, CancellationToken cancellationToken)
    {
        HelmException? before = null;
        return RetryPolicy.HelmConnection.RunAsync(
            async () =>
            {
                if (before is not null)
                    context.Report(cluster.Name, $"{before.Message} Trying again.");
                await context.Helm.Upgrade.UpgradeAsync(permit, settings, cancellationToken);
            },
            (HelmException exception) => (before = exception).IsTransient,
            cluster.Api.Time,
            cancellationToken);
    }

    private static string FormatList(IReadOnlyList<string> all) => string.Join(", ", all.Take(4)) + (all.Count > 4 ? $" and {all.Count - 4} more" : string.Empty);
}

/// <summary>Why a release is not as wanted.</summary>
/// <param name="Reason">In words, without values.</param>
/// <param name="IsDrift">Somebody changed the cluster behind Helm's back.</param>
public sealed record ReleaseDifference(string Reason, bool IsDrift = false)
{
    /// <summary>The Deployments that helm would leave at 0 replicas.</summary>
    public IReadOnlyList<string> Idle { get; init; } = [];

    /// <summary>Whether helm is needed to put it right.</summary>
    public bool NeedsHelm { get; init; } = true;
}
