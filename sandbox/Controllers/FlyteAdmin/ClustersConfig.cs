using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Flyte.MultiCluster.Sandbox.Controllers.FlyteAdmin;

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
internal sealed record ClustersConfig(IReadOnlyList<ClusterConfig> Clusters, IReadOnlyDictionary<string, IReadOnlyList<ClusterEntity>> Labels)
{
    /// <summary>Reads a configuration file.</summary>
    /// <exception cref="YamlException">It is no YAML.</exception>
    /// <exception cref="FormatException">A number or boolean is none.</exception>
    public static ClustersConfig Parse(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        var root = stream.Documents.Count > 0 ? stream.Documents[0].RootNode : null;
        var section = Child(root, "clusters");
        var clusters = Items(Child(section, "clusterConfigs")).Select(Cluster).ToList();
        var labels = new Dictionary<string, IReadOnlyList<ClusterEntity>>(StringComparer.Ordinal);
        if (Child(section, "labelClusterMap") is YamlMappingNode map)
        {
            foreach (var (label, entities) in map.Children)
                labels[Text(label).ToLowerInvariant()] = [.. Items(entities).Select(e => new ClusterEntity(Text(Child(e, "id")), Number(Child(e, "weight"))))];
        }

        return new ClustersConfig(clusters, labels);
    }

    private static ClusterConfig Cluster(YamlNode node)
    {
        var auth = Child(node, "auth");
        return new ClusterConfig(
            Text(Child(node, "name")), Text(Child(node, "endpoint")), Flag(Child(node, "enabled")), Flag(Child(node, "inCluster")),
            Text(Child(auth, "tokenPath")), Text(Child(auth, "certPath")));
    }

    private static YamlNode? Child(YamlNode? node, string name) =>
        (node as YamlMappingNode)?.Children.FirstOrDefault(c => string.Equals(Text(c.Key), name, StringComparison.OrdinalIgnoreCase)).Value;

    private static IEnumerable<YamlNode> Items(YamlNode? node) => node is YamlSequenceNode list ? list.Children : [];

    private static string Text(YamlNode? node) => (node as YamlScalarNode)?.Value ?? "";

    private static bool Flag(YamlNode? node) => Text(node) is { Length: > 0 } text && bool.Parse(text);

    private static float Number(YamlNode? node) => Text(node) is { Length: > 0 } text ? float.Parse(text, CultureInfo.InvariantCulture) : 0;
}
