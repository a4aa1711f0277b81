using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Flyte;

namespace Flyte.MultiCluster.Tasks.Upgrades;

/// <summary>The clusters and labels in the values of a control plane's revision.</summary>
internal static class ClustersSection
{
    /// <summary>The clusters and labels that one revision's values have and another's do not.</summary>
    /// <param name="from">The values that have them.</param>
    /// <param name="to">The values that may not.</param>
    /// <returns>Each in words: <c>cluster dataplane_2</c>.</returns>
    public static IReadOnlyList<string> Lost(JsonObject from, JsonObject to)
    {
        var (before, after) = (Of(from), Of(to));
        return
        [
            .. before
                .Clusters.Select(cluster => cluster.Name)
                .Except(after.Clusters.Select(cluster => cluster.Name), StringComparer.Ordinal)
                .Select(name => $"cluster {name}"),
            .. before.Labels.Keys.Except(after.Labels.Keys, StringComparer.Ordinal).Select(label => $"label {label}"),
            .. before.DefaultLabel is { } label && after.DefaultLabel is null ? new[] { $"default label {label}" } : [],
        ];
    }

    /// <summary>How the clusters and labels of one revision's values differ from another's.</summary>
    /// <param name="from">The values as they are.</param>
    /// <param name="to">The values as they would be.</param>
    /// <returns>Each in words; none where they are the same.</returns>
    public static IReadOnlyList<string> Changed(JsonObject from, JsonObject to)
    {
        var (before, after) = (Of(from), Of(to));
        return
        [
            .. Lost(from, to),
            .. Lost(to, from),
            .. from cluster in before.Clusters
            join other in after.Clusters on cluster.Name equals other.Name
            where cluster != other
            select $"cluster {cluster.Name}",
            .. from label in before.Labels
            where after.Labels.TryGetValue(label.Key, out var members) && !members.SequenceEqual(label.Value)
            select $"label {label.Key}",
            .. before.DefaultLabel is { } one && after.DefaultLabel is { } changed && one != changed ? new[] { $"default label {one}" } : [],
        ];
    }

    /// <summary>The clusters and labels of values.</summary>
    /// <param name="values">The values.</param>
    public static ClusterConfigs Of(JsonObject values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return ClusterConfigs.Of(values["configmap"]?["clusters"] as JsonObject ?? []);
    }
}
