namespace Flyte.MultiCluster.Sandbox.FlyteAdmin.Clusters;

/// <summary>Where an execution goes: flyteadmin's pkg/executioncluster/impl/random_cluster_selector.go, and in_cluster.go where no cluster is
/// configured.</summary>
internal sealed class ClusterSelector
{
    private readonly Dictionary<string, WeightedClusters> _labels = new(StringComparer.Ordinal);
    private readonly WeightedClusters? _all;
    private readonly string _default;

    /// <summary>Prepares the choice among the enabled clusters, of all and of each label.</summary>
    /// <exception cref="FormatException">No cluster is enabled, or a weight is wrong: flyteadmin panics.</exception>
    public ClusterSelector(ClustersConfig config)
    {
        _default = config.DefaultLabel;
        if (config.Clusters.Count == 0)
            return;
        var enabled = config.Clusters.Where(c => c.Enabled).Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        _all = new WeightedClusters([.. enabled.Select(name => new ClusterEntity(name, 0))]);
        foreach (var (label, entities) in config.Labels)
        {
            var usable = entities.Where(e => enabled.Contains(e.Id)).ToList();
            if (usable.Count > 0)
                _labels[label] = new WeightedClusters(usable);
        }
    }

    /// <summary>Whether flyteadmin has no clusters but its own.</summary>
    public bool IsInCluster => _all is null;

    /// <summary>The cluster's name; empty for flyteadmin's own where none is configured.</summary>
    /// <param name="specLabel">The label of the execution's spec; null or empty for none.</param>
    /// <param name="attributeLabel">The label that the attributes have for it, asked for only without one of the spec.</param>
    /// <param name="execution">The execution's name: the choice's seed.</param>
    /// <exception cref="InvalidOperationException">A label where no cluster is configured.</exception>
    public string Select(string? specLabel, Func<string?> attributeLabel, string execution)
    {
        if (_all is null)
        {
            return string.IsNullOrEmpty(specLabel) ? "" : throw new InvalidOperationException($"execution cluster label {specLabel} is not supported");
        }

        var label = string.IsNullOrEmpty(specLabel) ? attributeLabel() : specLabel;
        var clusters = (label is null ? null : _labels.GetValueOrDefault(label)) ?? _labels.GetValueOrDefault(_default) ?? _all;
        return clusters.Choose(execution);
    }
}
