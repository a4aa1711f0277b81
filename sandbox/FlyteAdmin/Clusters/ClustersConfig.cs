using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Flyte.MultiCluster.Sandbox.FlyteAdmin.Clusters;

/// <summary>An entry of <c>clusterConfigs</c>.</summary>
/// <param name="Name">The cluster's name.</param>
/// <param name="Endpoint">Its API server.</param>
/// <param name="Enabled">Whether executions may go there.</param>
/// <param name="InCluster">Whether it is the cluster that flyteadmin runs in: no credential is read.</param>
/// <param name="TokenPath">The file with its token.</param>
/// <param name="CertPath">The file with its CA certificate.</param>
internal sealed record ClusterConfig(string Name, string Endpoint, bool Enabled, bool InCluster, string TokenPath, string CertPath);

/// <summary>An entry of a label.</summary>
/// <param name="Id">The cluster's name.</param>
/// <param name="Weight">Its weight.</param>
internal sealed record ClusterEntity(string Id, float Weight);

/// <summary>flyteadmin's section <c>clusters</c>, read as flyteadmin reads it: field names in any case, label names lower-cased.</summary>
/// <param name="Clusters">clusterConfigs.</param>
/// <param name="Labels">labelClusterMap.</param>
/// <param name="DefaultLabel">defaultExecutionLabel, as written; empty for none.</param>
internal sealed record ClustersConfig(
    IReadOnlyList<ClusterConfig> Clusters,
    IReadOnlyDictionary<string, IReadOnlyList<ClusterEntity>> Labels,
    string DefaultLabel
)
{
    /// <summary>Reads a configuration file.</summary>
    /// <exception cref="YamlException">It is no YAML.</exception>
    /// <exception cref="FormatException">A number or boolean is none.</exception>
    public static ClustersConfig Parse(string yaml)
    {
        var section = ConfigFile.Child(ConfigFile.Root(yaml), "clusters");
        var clusters = ConfigFile.Items(ConfigFile.Child(section, "clusterConfigs")).Select(Cluster).ToList();
        var labels = new Dictionary<string, IReadOnlyList<ClusterEntity>>(StringComparer.Ordinal);
        if (ConfigFile.Child(section, "labelClusterMap") is YamlMappingNode map)
        {
            foreach (var (label, entities) in map.Children)
                labels[ConfigFile.Text(label).ToLowerInvariant()] = [.. ConfigFile.Items(entities).Select(Entity)];
        }

        return new ClustersConfig(clusters, labels, ConfigFile.Text(ConfigFile.Child(section, "defaultExecutionLabel")));
    }

    private static ClusterConfig Cluster(YamlNode node)
    {
        var auth = ConfigFile.Child(node, "auth");
        return new ClusterConfig(
            ConfigFile.Text(node, "name"),
            ConfigFile.Text(node, "endpoint"),
            Flag(node, "enabled"),
            Flag(node, "inCluster"),
            ConfigFile.Text(auth, "tokenPath"),
            ConfigFile.Text(auth, "certPath")
        );
    }

    private static ClusterEntity Entity(YamlNode node) =>
        new(ConfigFile.Text(node, "id"), ConfigFile.Text(node, "weight") is { Length: > 0 } weight ? float.Parse(weight, CultureInfo.InvariantCulture) : 0);

    private static bool Flag(YamlNode node, string name) => ConfigFile.Text(node, name) is { Length: > 0 } text && bool.Parse(text);
}
