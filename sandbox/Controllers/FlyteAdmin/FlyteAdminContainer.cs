using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Controllers.Core;
using Flyte.MultiCluster.Sandbox.Controllers.Pods;
using Flyte.MultiCluster.Sandbox.Store;
using YamlDotNet.Core;

namespace Flyte.MultiCluster.Sandbox.Controllers.FlyteAdmin;

/// <summary>
/// What flyteadmin 1.16.8 makes of its clusters when it starts: pkg/runtime/cluster_config_provider.go, pkg/flytek8s/client.go,
/// pkg/executioncluster/impl/list_targets.go and random_cluster_selector.go. It reads the files that its container mounts, once.
/// </summary>
internal static class FlyteAdminContainer
{
    private const string Serve = "flyteadmin";
    private const string Sync = "sync-cluster-resources";
    private const int Panic = 2;

    /// <summary>Starts a container.</summary>
    /// <param name="cluster">The control plane.</param>
    /// <param name="pod">The container's pod.</param>
    /// <param name="deployment">The Deployment that the pod was made for.</param>
    /// <param name="container">The container, of the pod's spec.</param>
    /// <returns>How it panicked; null when it runs, or is none of flyteadmin's.</returns>
    public static ContainerFailure? Start(Cluster cluster, JsonObject pod, string deployment, JsonObject container)
    {
        var name = container.Text("name");
        if (deployment is not ("flyteadmin" or "syncresources") || name is not (Serve or Sync))
            return null;
        byte[]? Read(string path) => PodVolumes.Read(cluster, pod, container, path);
        try
        {
            if (Read(ConfigFolder(container) + "/clusters.yaml") is not { } file)
                return null;
            var config = ClustersConfig.Parse(Encoding.UTF8.GetString(file));
            var panic = Targets(config, Read) ?? (name == Serve ? Selector(config) : null);
            return panic is null ? null : new ContainerFailure(Panic, "panic: " + panic);
        }
        catch (Exception e) when (e is YamlException or FormatException)
        {
            return new ContainerFailure(Panic, "panic: error reading clusters.yaml: " + e.Message);
        }
    }

    /// <summary>Loads every cluster's credential, the disabled ones' too.</summary>
    private static string? Targets(ClustersConfig config, Func<string, byte[]?> read)
    {
        if (config.Clusters.GroupBy(c => c.Name, StringComparer.Ordinal).Any(g => g.Count() > 1))
            return "Duplicate cluster names in runtime config";
        foreach (var cluster in config.Clusters.Where(c => !c.InCluster))
        {
            if (read(cluster.TokenPath) is null)
                return $"Failed to get auth token: open {cluster.TokenPath}: no such file or directory\nfailed to read k8s bearer token from configured path";
            if (read(cluster.CertPath) is not { } certificate)
                return $"Failed to get auth CA: open {cluster.CertPath}: no such file or directory\nfailed to read k8s CA cert from configured path";
            if (certificate.Length > 0 && !IsPem(Encoding.UTF8.GetString(certificate)))
                return "unable to load root certificates: unable to parse bytes as PEM block";
        }

        return null;
    }

    /// <summary>Prepares the random choice among the enabled clusters, of all and of each label.</summary>
    private static string? Selector(ClustersConfig config)
    {
        if (config.Clusters.Count == 0)
            return null;
        var enabled = config.Clusters.Where(c => c.Enabled).Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        if (enabled.Count == 0)
            return "entries is empty";
        foreach (var entities in config.Labels.Values)
        {
            var usable = entities.Where(e => enabled.Contains(e.Id)).ToList();
            var wrong = usable.FindIndex(e => e.Weight is < 0 or > 1);
            if (wrong >= 0)
                return string.Create(CultureInfo.InvariantCulture, $"invalid weight {usable[wrong].Weight:F6}, index {wrong}");
        }

        return null;
    }

    /// <summary>Whether Go's pem.Decode finds a certificate: unlike others it wants the end line to begin a line.</summary>
    private static bool IsPem(string text)
    {
        var begin = text.IndexOf("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal);
        return begin >= 0 && text.IndexOf("\n-----END CERTIFICATE-----", begin, StringComparison.Ordinal) > begin;
    }

    private static string ConfigFolder(JsonObject container)
    {
        string[] words = [.. container.Texts("command"), .. container.Texts("args")];
        var at = Array.IndexOf(words, "--config");
        var pattern = at >= 0 && at + 1 < words.Length ? words[at + 1] : "/etc/flyte/config/*.yaml";
        return pattern[..Math.Max(pattern.LastIndexOf('/'), 0)];
    }
}
