using Flyte.MultiCluster.Common.Releases;

namespace Flyte.MultiCluster.Tasks.Upgrades;

/// <summary>A data plane's release before this run upgraded it.</summary>
internal sealed class ReleaseBefore
{
    /// <summary>The revision that was at work; null for none, and where it was not looked at.</summary>
    public HelmRelease? Release { get; set; }
}
