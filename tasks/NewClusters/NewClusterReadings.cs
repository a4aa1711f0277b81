using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.NewClusters;

/// <summary>What a run has read of the clusters that the fleet says how to create.</summary>
public sealed class NewClusterReadings
{
    /// <summary>The clusters, by the data planes' fleet names.</summary>
    public Once<IReadOnlyDictionary<string, NewClusterState>> States { get; } = new();
}
