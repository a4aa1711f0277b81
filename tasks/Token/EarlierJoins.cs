using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Token;

/// <summary>What a run has read of earlier joins.</summary>
internal sealed class EarlierJoins
{
    /// <summary>What the control plane shows of them.</summary>
    public Once<EarlierJoin> Read { get; } = new();
}
