using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Flyte;

/// <summary>An entry of flyteadmin's <c>clusterConfigs</c>.</summary>
/// <param name="Name">The cluster's name.</param>
/// <param name="Endpoint">Its API server; null for an in-cluster entry without one.</param>
/// <param name="Enabled">Whether it gets new executions.</param>
/// <param name="InCluster">Whether it is the control plane's own cluster, for which no credential is read.</param>
/// <param name="TokenPath">The file with its token; null where none is named.</param>
/// <param name="CertPath">The file with its CA certificate; null where none is named.</param>
public sealed record ClusterEntry(string Name, string? Endpoint, bool Enabled, bool InCluster, string? TokenPath, string? CertPath);

/// <summary>flyteadmin's section <c>clusters</c>, as its ConfigMap's <c>clusters.yaml</c> holds it (the chart's templates/admin/configmap.yaml).</summary>
/// <param name="Clusters">clusterConfigs, in order.</param>
/// <param name="Labels">labelClusterMap; names as flyteadmin sees them, lower-cased.</param>
/// <param name="DefaultLabel">defaultExecutionLabel; null for none.</param>
public sealed record ClusterConfigs(
    IReadOnlyList<ClusterEntry> Clusters,
    IReadOnlyDictionary<string, IReadOnlyList<WeightedCluster>> Labels,
    string? DefaultLabel
)
{
    /// <summary>The key of the ConfigMap.</summary>
    public const string Key = "clusters.yaml";

    /// <summary>Reads the file.</summary>
    /// <exception cref="FormatException">It is not YAML.</exception>
    public static ClusterConfigs Parse(IHelmValues values, string yaml)
    {
        ArgumentNullException.ThrowIfNull(values);
        return Of(values.Parse(yaml, Key)["clusters"] as JsonObject ?? []);
    }

    /// <summary>Reads the file in a ConfigMap.</summary>
    /// <param name="values">Reads YAML.</param>
    /// <param name="configMap">The ConfigMap; null for none.</param>
    /// <returns>The configuration; null where there is no such file.</returns>
    /// <exception cref="FormatException">It is not YAML.</exception>
    public static ClusterConfigs? OfMap(IHelmValues values, JsonObject? configMap) =>
        (string?)configMap?["data"]?[Key] is { } yaml ? Parse(values, yaml) : null;

    /// <summary>Reads the section, as the file or Helm values (<c>configmap.clusters</c>) hold it.</summary>
    public static ClusterConfigs Of(JsonObject section)
    {
        ArgumentNullException.ThrowIfNull(section);
        var labels = new Dictionary<string, IReadOnlyList<WeightedCluster>>(StringComparer.Ordinal);
        foreach (var (name, members) in section["labelClusterMap"] as JsonObject ?? [])
            labels[name.ToLowerInvariant()] = Members(members);
        return new ClusterConfigs([.. Objects(section["clusterConfigs"]).Select(Entry)], labels, Text(section["defaultExecutionLabel"]));
    }

    /// <summary>Reads a label's list.</summary>
    /// <param name="list">The list.</param>
    public static IReadOnlyList<WeightedCluster> Members(JsonNode? list) =>
        [.. Objects(list).Select(member => new WeightedCluster(Text(member["id"]) ?? string.Empty, Number(member["weight"])))];

    /// <summary>The clusters that an execution with this label may land on: the label's enabled ones; where it has none, the default label's; else all enabled
    /// ones (random_cluster_selector.go).</summary>
    /// <param name="label">The label, or null for none.</param>
    public IReadOnlyList<string> Allowed(string? label)
    {
        string[] enabled = [.. Clusters.Where(cluster => cluster.Enabled).Select(cluster => cluster.Name)];
        return Members(label, enabled) ?? Members(DefaultLabel, enabled) ?? enabled;
    }

    /// <summary>Whether a label has an enabled cluster: it is in labelClusterMap, with an enabled cluster.</summary>
    /// <param name="label">The label.</param>
    public bool HasEnabledCluster(string label)
    {
        ArgumentNullException.ThrowIfNull(label);
        return Members(label, [.. Clusters.Where(cluster => cluster.Enabled).Select(cluster => cluster.Name)]) is not null;
    }

    // A weight of 0 is never chosen, unless all are 0.
    private string[]? Members(string? label, string[] enabled)
    {
        var usable =
            (label is null ? null : Labels.GetValueOrDefault(label))?.Where(member => enabled.Contains(member.Id, StringComparer.Ordinal)).ToArray() ?? [];
        var weighted = usable.Where(member => member.Weight > 0).ToArray();
        return usable.Length == 0 ? null : [.. (weighted.Length > 0 ? weighted : usable).Select(member => member.Id)];
    }

    private static ClusterEntry Entry(JsonObject entry)
    {
        var auth = entry["auth"] as JsonObject;
        return new ClusterEntry(
            Text(entry["name"]) ?? string.Empty,
            Text(entry["endpoint"]),
            Flag(entry["enabled"]),
            Flag(entry["inCluster"]),
            Text(auth?["tokenPath"]),
            Text(auth?["certPath"])
        );
    }

    private static IEnumerable<JsonObject> Objects(JsonNode? list) => (list as JsonArray ?? []).OfType<JsonObject>();

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static bool Flag(JsonNode? node) =>
        node is JsonValue value && (value.TryGetValue<bool>(out var flag) ? flag : bool.TryParse(Text(value), out var parsed) && parsed);

    private static double Number(JsonNode? node) => node is JsonValue value && value.TryGetValue<double>(out var number) ? number : 0;
}
