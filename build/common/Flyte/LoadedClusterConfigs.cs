using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Flyte;

/// <summary>
/// The clusters that flyteadmin and syncresources have loaded: those of <c>clusters.yaml</c> in their ConfigMaps, once the rollouts are
/// complete, as each ConfigMap's checksum is in its pod template.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="values">Reads YAML as Helm does.</param>
public sealed class LoadedClusterConfigs(FleetRun run, IHelmValues values)
{
    /// <summary>flyteadmin's ConfigMap.</summary>
    public const string AdminConfigMap = "flyte-admin-clusters-config";

    /// <summary>syncresources' ConfigMap; it is there only where the chart's cluster resource manager is on.</summary>
    public const string SyncConfigMap = "flyte-clusterresourcesync-config";

    private static readonly string[] ConfigMaps = [AdminConfigMap, SyncConfigMap];

    // An operator who has just upgraded takes in what came between, with the next revision.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(15);

    /// <summary>flyteadmin's configuration as its ConfigMap holds it; null where there is none.</summary>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    /// <exception cref="FormatException">It is not YAML.</exception>
    public Task<ClusterConfigs?> ReadAsync(CancellationToken cancellationToken) => ReadAsync(CredentialDeployments.Names[0], AdminConfigMap, cancellationToken);

    /// <summary>
    /// Waits until every data plane of this run that has not failed is there: another operator may be upgrading too. When no helm is at work on
    /// the release, and no new revision comes for 15 seconds, nobody will add what is missing.
    /// </summary>
    /// <param name="timeout">The longest wait.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The names of all that are there.</returns>
    /// <exception cref="InvalidOperationException">One is missing in the end.</exception>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<IReadOnlyList<string>> UntilLoadedAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var until = run.ControlPlane.Api.Time.GetUtcNow() + timeout;
        var (settled, since) = ((HelmRevision?)null, DateTimeOffset.MaxValue);
        while (true)
        {
            var loaded = await NamesAsync(cancellationToken);
            string[] missing = [.. run.Active.Select(plane => plane.Name).Where(name => !loaded.Contains(name))];
            if (missing.Length == 0)
                return loaded;
            if (!run.IsKustomize)
            {
                var newest = await NewestAsync(cancellationToken);
                if (newest is { IsPending: true })
                    since = DateTimeOffset.MaxValue;
                else if (newest != settled || since == DateTimeOffset.MaxValue)
                    since = run.ControlPlane.Api.Time.GetUtcNow();
                settled = newest;
            }

            if (run.ControlPlane.Api.Time.GetUtcNow() > until || run.ControlPlane.Api.Time.GetUtcNow() - Settling > since)
                throw new InvalidOperationException(
                    $"flyteadmin's configuration ({ConfigMaps[0]}) does not name {string.Join(", ", missing)}. Somebody else upgraded "
                        + $"{(run.IsKustomize ? "the control plane" : $"release {run.ControlPlane.Spec.Release}")}; run again."
                );
            await Task.Delay(TimeSpan.FromSeconds(1), run.ControlPlane.Api.Time, cancellationToken);
        }
    }

    private async Task<HelmRevision?> NewestAsync(CancellationToken cancellationToken) =>
        (await HelmReleases.NewestAsync(run.ControlPlane.Api, run.Namespace, cancellationToken)).FirstOrDefault(revision =>
            revision.Release == run.ControlPlane.Spec.Release
        );

    private async Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellationToken)
    {
        var read = await Task.WhenAll(CredentialDeployments.Names.Zip(ConfigMaps, (deployment, map) => ReadAsync(deployment, map, cancellationToken)));
        var loaded = read.OfType<ClusterConfigs>()
            .Select(configuration => configuration.Clusters.Select(cluster => cluster.Name).Where(name => name.Length > 0).ToArray())
            .ToArray();
        return loaded.Length == 0 ? [] : [.. loaded[0].Where(name => loaded.All(names => names.Contains(name, StringComparer.Ordinal)))];
    }

    // In an overlay the ConfigMaps may have any name.
    private async Task<ClusterConfigs?> ReadAsync(string deployment, string map, CancellationToken cancellationToken) =>
        run.IsKustomize
            ? await MountedClusterConfigs.LiveAsync(
                await run.ControlPlane.Api.GetAsync(KubernetesPaths.Deployment(run.Namespace, deployment), cancellationToken),
                name => MapAsync(name, cancellationToken),
                values
            )
            : ClusterConfigs.OfMap(values, await MapAsync(map, cancellationToken));

    private Task<JsonObject?> MapAsync(string name, CancellationToken cancellationToken) =>
        run.ControlPlane.Api.GetAsync(KubernetesPaths.Core(run.Namespace, "configmaps", name), cancellationToken);
}
