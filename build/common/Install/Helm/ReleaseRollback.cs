using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Retries;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Helm;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Install.Helm;

/// <summary>Takes releases back to earlier revisions.</summary>
/// <param name="helm">The helm commands.</param>
/// <param name="values">Reads YAML as Helm does.</param>
/// <param name="manifests">The rendered manifests.</param>
/// <param name="gate">The gate that the changes pass.</param>
/// <param name="options">The options.</param>
public sealed class ReleaseRollback(HelmTools helm, IHelmValues values, RenderedManifests manifests, IChangeGate gate, RunOptions options)
{
    /// <summary>Whether a revision is what another one is: chart, values and manifest, whatever their numbers.</summary>
    /// <param name="live">The newest revision.</param>
    /// <param name="target">The other one.</param>
    public bool Same(HelmRelease live, HelmRelease target)
    {
        ArgumentNullException.ThrowIfNull(live);
        ArgumentNullException.ThrowIfNull(target);
        return live.Status == "deployed"
            && (live.ChartName, live.ChartVersion, live.Manifest) == (target.ChartName, target.ChartVersion, target.Manifest)
            && values.Same(live.Config, target.Config);
    }

    /// <summary>
    /// The CustomResourceDefinitions of a revision that have another form in another manifest: going back would put the old form back under objects that
    /// were written with the new one.
    /// </summary>
    /// <param name="one">The revision.</param>
    /// <param name="other">The objects of the other manifest.</param>
    /// <returns>Their names.</returns>
    /// <exception cref="FormatException">A manifest is not YAML.</exception>
    public IReadOnlyList<string> ChangedDefinitions(HelmRelease one, IEnumerable<JsonObject> other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var before = Specs(ManifestObjects.Definitions(one, values));
        return [.. Specs(other).Where(after => before.TryGetValue(after.Key, out var spec) && !values.Same(spec, after.Value)).Select(after => after.Key)];
    }

    /// <inheritdoc cref="ChangedDefinitions(HelmRelease, IEnumerable{JsonObject})"/>
    public IReadOnlyList<string> ChangedDefinitions(HelmRelease one, HelmRelease other) => ChangedDefinitions(one, ManifestObjects.Definitions(other, values));

    /// <summary>Rolls a release back through the gate.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cluster">The release's cluster.</param>
    /// <param name="live">The newest revision.</param>
    /// <param name="target">The revision to go back to.</param>
    /// <param name="cancellationToken">Cancels helm.</param>
    /// <param name="takesBack">Whether this run made the newest revision.</param>
    /// <exception cref="HelmException">helm failed.</exception>
    public Task<bool> RunAsync(
        FleetRun run,
        ClusterRun cluster,
        HelmRelease live,
        HelmRelease target,
        CancellationToken cancellationToken,
        bool takesBack = false
    )
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(live);
        ArgumentNullException.ThrowIfNull(target);
        var settings = new HelmRollbackSettings
        {
            Release = live.Name,
            Revision = target.Revision,
            Namespace = run.Namespace,
            KubeContext = cluster.Context,
            Kubeconfig = run.Kubeconfig,
            Timeout = options.Timeout,
            ForceConflicts = options.ForceConflicts && helm.IsServerSide && live.IsServerSideApplied,
        };
        var change = new Change(
            cluster.Name,
            "HelmRelease",
            run.Namespace,
            live.Name,
            ChangeAction.Update,
            $"roll back from revision {live.Revision} ({live.ChartName} {live.ChartVersion}) to {target.Revision} ({target.ChartName} {target.ChartVersion})"
        )
        {
            TakesBack = takesBack,
            Difference = _ => Task.FromResult(new ReleaseDifferences(run, cluster, manifests, values).Between(live.Deployed ?? live, target)),
        };
        return gate.PassAsync(change, (permit, token) => RollBackAsync(permit, cluster, live, settings, token), cancellationToken);
    }

    private async Task RollBackAsync(
        ChangePermit permit,
        ClusterRun cluster,
        HelmRelease live,
        HelmRollbackSettings settings,
        CancellationToken cancellationToken
    )
    {
        var history = await HelmReleases.HistoryAsync(cluster.Api, settings.Namespace!, live.Name, cancellationToken);
        if (history.Count > 0 && history[0].Revision != live.Revision)
            throw new InvalidOperationException($"Somebody made revision {history[0].Revision} of release {live.Name} meanwhile. Run again.");
        await RetryPolicy.HelmConnection.RunAsync(
            () => helm.Rollback.RollBackAsync(permit, settings, cancellationToken),
            (HelmException exception) => exception.IsTransient,
            cluster.Api.Time,
            cancellationToken
        );
    }

    private static Dictionary<string, JsonNode?> Specs(IEnumerable<JsonObject> objects) =>
        objects
            .Where(found => (string?)found["kind"] == "CustomResourceDefinition")
            .GroupBy(found => (string?)found["metadata"]?["name"] ?? string.Empty, StringComparer.Ordinal)
            .ToDictionary(found => found.Key, found => found.Last()["spec"], StringComparer.Ordinal);
}
