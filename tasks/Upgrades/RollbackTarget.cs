using Flyte.MultiCluster.Common.Releases;

namespace Flyte.MultiCluster.Tasks.Upgrades;

/// <summary>Where a cluster's release goes back to.</summary>
internal sealed class RollbackTarget
{
    /// <summary>The newest revision; null before it was looked at.</summary>
    public HelmRelease? Live { get; set; }

    /// <summary>The revision to go back to; null where the newest one is the same.</summary>
    public HelmRelease? Revision { get; set; }
}
