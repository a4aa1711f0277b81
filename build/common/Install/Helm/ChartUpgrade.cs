using Flyte.MultiCluster.Common.Charts;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Common.Install.Helm;

/// <summary>A release at work gets another version of the chart from one target alone, which verifies it and rolls it back.</summary>
public static class ChartUpgrade
{
    /// <summary>What is wrong with an upgrade of a release to another version of the chart.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cluster">The release's cluster.</param>
    /// <param name="live">The newest revision; null when there is none.</param>
    /// <param name="options">The options.</param>
    /// <returns>The problem; null where the version stays, nothing is at work, or the run is there to upgrade it.</returns>
    public static Problem? Refused(FleetRun run, ClusterRun cluster, HelmRelease? live, RunOptions options)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(cluster);
        if (run.UpgradesChart || InForce(live) is not { } release || release.ChartName != run.Chart.Name)
            return null;
        return ChartVersion.Same(release.ChartVersion, run.Chart.Version)
            ? null
            : new Problem(
                cluster.Name,
                $"Release {release.Name} has chart {release.ChartName} {release.ChartVersion}, and the fleet names {run.Chart.Version}. Only "
                    + $"{TargetNames.UpgradeFleet} upgrades a release at work to another version.",
                $"Run {SuggestedCommand.Target(TargetNames.UpgradeFleet, options)} first; or name {release.ChartVersion} in the fleet (flyte.chart.version)."
            );
    }

    /// <summary>The revision whose objects are at work; null for none.</summary>
    /// <param name="live">The newest revision; null when there is none.</param>
    public static HelmRelease? InForce(HelmRelease? live) => live?.Deployed ?? (live is { Status: "deployed" } ? live : null);
}
