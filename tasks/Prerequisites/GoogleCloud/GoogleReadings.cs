using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Prerequisites.GoogleCloud;

/// <summary>What a run has read of Google Cloud.</summary>
internal sealed class GoogleReadings
{
    /// <summary>Google Cloud as it is.</summary>
    public Once<GoogleSnapshot> Snapshot { get; } = new();
}
