using System.Text.Json.Nodes;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Kubernetes;
using Flyte.MultiCluster.Overlays;
using Flyte.MultiCluster.Runs;

namespace Flyte.MultiCluster.ControlPlanes;

/// <summary>
/// The clusters that flyteadmin and syncresources have loaded: those of <c>clusters.yaml</c> in their ConfigMaps, once the rollouts are
/// complete, as each ConfigMap's checksum is in its pod template.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="control">The control plane.</param>
public sealed class LoadedClusters(FlyteContext context, ControlPlaneRun control)
{
    /// <summary>flyteadmin's ConfigMap.</summary>
    public const string AdminConfigMap = "flyte-admin-clusters-config";

    /// <summary>syncresources' ConfigMap; it is there only where the chart's cluster resource manager is on.</summary>
    public const string SyncConfigMap = "flyte-clusterresourcesync-config";

    private static readonly string[] ConfigMaps = [AdminConfigMap, SyncConfigMap];

    private const string Key = ClustersConfiguration.Key;

    /// <summary>flyteadmin's configuration as its ConfigMap holds it; null where there is none.</summary>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    /// <exception cref="FormatException">It is no YAML.</exception>
    public async Task<ClustersConfiguration?> ReadAsync(CancellationToken cancellationToken)
    {
        if (context.Run.IsKustomize)
            return await MountedAsync(CredentialConsumers.Names[0], cancellationToken);
        var map = await MapAsync(ConfigMaps[0], cancellationToken);
        return (string?)map?["data"]?[Key] is { } yaml ? ClustersConfiguration.Parse(context.Values, yaml) : null;
    }

    /// <summary>Waits until every data plane of this run that has not failed is there: another operator may be upgrading too.</summary>
    /// <exception cref="InvalidOperationException">One is missing in the end.</exception>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task UntilLoadedAsync(CancellationToken cancellationToken)
    {
        var until = control.Api.Time.GetUtcNow() + context.Options.Timeout;
        while (true)
        {
            var loaded = await NamesAsync(cancellationToken);
            string[] missing = [.. context.Run.Going.Select(plane => plane.Name).Where(name => !loaded.Contains(name))];
            if (missing.Length == 0)
            {
                context.Tell(control.Name, $"flyteadmin has loaded {string.Join(", ", loaded)}");
                return;
            }

            if (control.Api.Time.GetUtcNow() > until)
                throw new InvalidOperationException($"flyteadmin's configuration ({ConfigMaps[0]}) does not name {string.Join(", ", missing)}. Somebody else upgraded {(context.Run.IsKustomize ? "the control plane" : $"release {control.Wanted.Release}")}; run again.");
            await Task.Delay(TimeSpan.FromSeconds(1), control.Api.Time, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellationToken)
    {
        if (context.Run.IsKustomize)
        {
            var mounted = await Task.WhenAll(CredentialConsumers.Names.Select(name => MountedAsync(name, cancellationToken)));
            return Common([.. mounted.OfType<ClustersConfiguration>().Select(configuration => configuration.Clusters.Select(cluster => cluster.Name).ToArray())]);
        }

        var maps = await Task.WhenAll(ConfigMaps.Select(name => MapAsync(name, cancellationToken)));
        var loaded = maps.Select(map => (string?)map?["data"]?[Key]).OfType<string>().Select(Names).ToArray();
        return Common(loaded);
    }

    private static IReadOnlyList<string> Common(string[][] loaded)
        => loaded.Length == 0 ? [] : [.. loaded[0].Where(name => loaded.All(names => names.Contains(name, StringComparer.Ordinal)))];

    private async Task<ClustersConfiguration?> MountedAsync(string deployment, CancellationToken cancellationToken)
    {
        var live = await control.Api.GetAsync(KubernetesPaths.Deployment(context.Run.Namespace, deployment), cancellationToken);
        return await MountedClusters.LiveAsync(live, name => MapAsync(name, cancellationToken), context.Values) is var (_, section) ? ClustersConfiguration.Of(section) : null;
    }

    private Task<JsonObject?> MapAsync(string name, CancellationToken cancellationToken)
        => control.Api.GetAsync(KubernetesPaths.Core(context.Run.Namespace, "configmaps", name), cancellationToken);

    private string[] Names(string clusters)
        => [.. (context.Values.Parse(clusters, Key)["clusters"]?["clusterConfigs"] as JsonArray ?? []).Select(config => (string?)config?["name"]).OfType<string>()];
}
