using System.Collections.Concurrent;

namespace Flyte.MultiCluster.Tasks.Upgrades;

/// <summary>What an upgrade keeps of the fleet as it was before.</summary>
public sealed class UpgradeState
{
    /// <summary>Whether the checks that fail before the first change were looked at.</summary>
    internal bool IsNoted { get; set; }

    /// <summary>The checks that failed before the first change, with their clusters: they are no fault of the upgrade.</summary>
    internal ConcurrentDictionary<(string Check, string? Cluster), bool> FailedBefore { get; } = new();
}
