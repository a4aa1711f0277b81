using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Controllers.Core;
using Flyte.MultiCluster.Sandbox.Controllers.Pods;
using Flyte.MultiCluster.Sandbox.FlyteAdmin;
using Flyte.MultiCluster.Sandbox.FlyteAdmin.Clusters;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Controllers.Flyte;

/// <summary>
/// What flyteadmin 1.16.8 does when one of its containers starts: pkg/runtime/cluster_config_provider.go, pkg/flytek8s/client.go,
/// pkg/executioncluster/impl/list_targets.go and random_cluster_selector.go, pkg/clusterresource. It reads the files that its container
/// mounts, once.
/// </summary>
/// <param name="cluster">The cluster that it runs in.</param>
/// <param name="site">The cluster's part in Flyte; null where containers only load their files.</param>
internal sealed class FlyteAdminContainer(Cluster cluster, FlyteSite? site)
{
    private const string Serve = "flyteadmin";
    private const string Seed = "seed-projects";
    private const string Sync = "sync-cluster-resources";
    private const int Panic = 2;

    /// <summary>Starts a container.</summary>
    /// <param name="pod">The container's pod.</param>
    /// <param name="deployment">The Deployment that the pod was made for.</param>
    /// <param name="container">The container, of the pod's spec.</param>
    public ContainerStart Start(JsonObject pod, string deployment, JsonObject container)
    {
        var name = container.Text("name");
        if (deployment is not ("flyteadmin" or "syncresources") || name is not (Serve or Seed or Sync))
            return ContainerStart.Done;
        string[] words = [.. container.Texts("command"), .. container.Texts("args")];
        if (name == Seed)
        {
            site?.Seed(
                words.SkipWhile(w => w != Seed).Skip(1).SelectMany(w => w.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            );
            return ContainerStart.Done;
        }

        try
        {
            var read = AdminConfig.Read(
                ConfigFolder(words),
                Tag(container.Text("image") ?? ""),
                path => PodVolumes.Read(cluster, pod, container, path),
                folder => PodVolumes.List(cluster, pod, container, folder)
            );
            return read is { } config ? Start(name, deployment, pod, config) : ContainerStart.Done;
        }
        catch (AdminPanic e)
        {
            return ContainerStart.Failed(Panic, "panic: " + e.Message);
        }
    }

    private ContainerStart Start(string name, string deployment, JsonObject pod, AdminConfig config)
    {
        var uid = pod.Metadata("uid") ?? "";
        var selector = name == Serve ? Selector(config.Clusters) : null;
        if (site is not { IsControlPlane: true })
            return ContainerStart.Done;
        var instance = site.Instance(config, selector, pod.Metadata("namespace") ?? "flyte");
        switch (name, deployment)
        {
            case (Serve, "flyteadmin"):
                site.Serve(uid, instance);
                return ContainerStart.Done;
            case (Sync, "syncresources"):
                site.KeepSyncing(uid, instance);
                return ContainerStart.Done;
            default:
                return ContainerStart.Working(SyncAsync(site, instance));
        }
    }

    private static ClusterSelector Selector(ClustersConfig config)
    {
        try
        {
            return new ClusterSelector(config);
        }
        catch (FormatException e)
        {
            throw new AdminPanic(e.Message);
        }
    }

    private static async Task<ContainerFailure?> SyncAsync(FlyteSite site, AdminInstance instance) =>
        await site.SyncAsync(instance) is { } error ? new ContainerFailure(Panic, "panic: Failed to sync cluster resources : " + error) : null;

    private static string ConfigFolder(string[] words)
    {
        var at = Array.IndexOf(words, "--config");
        var pattern = at >= 0 && at + 1 < words.Length ? words[at + 1] : "/etc/flyte/config/*.yaml";
        return pattern[..Math.Max(pattern.LastIndexOf('/'), 0)];
    }

    private static string Tag(string image) => image.LastIndexOf(':') is var colon and > 0 && colon > image.LastIndexOf('/') ? image[(colon + 1)..] : "";
}
