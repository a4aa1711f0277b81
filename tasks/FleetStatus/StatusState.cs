namespace Flyte.MultiCluster.Tasks.FleetStatus;

/// <summary>What Status found in a run.</summary>
public sealed class StatusState
{
    /// <summary>The clusters; null before.</summary>
    public IReadOnlyList<ClusterStatus>? Clusters { get; set; }
}
