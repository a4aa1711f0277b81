using Flyte.MultiCluster.Runs;

namespace Flyte.MultiCluster.GoogleCloud;

/// <summary>What a run has read of Google Cloud.</summary>
public sealed class GoogleReadings
{
    /// <summary>Google Cloud as it is.</summary>
    public Once<GoogleSnapshot> Snapshot { get; } = new();
}
