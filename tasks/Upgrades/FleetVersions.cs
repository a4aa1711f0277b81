using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Upgrades;

/// <summary>Which cluster has which version of the chart, for the summary.</summary>
internal static class FleetVersions
{
    /// <summary>Reads the versions that are at work and notes them, the clusters of one version together.</summary>
    /// <param name="context">The run.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    public static async Task NoteAsync(FlyteContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var read = await Task.WhenAll(
            context.Run.Clusters.Select(async cluster => (cluster.Name, Version: await VersionAsync(context.Run, cluster, cancellationToken)))
        );
        var versions = read.GroupBy(one => one.Version, StringComparer.Ordinal)
            .Select(group => $"{group.Key}: {string.Join(", ", group.Select(one => one.Name))}");
        context.Journal.Add($"Versions now: {string.Join("; ", versions)}.");
    }

    private static async Task<string> VersionAsync(FleetRun run, ClusterRun cluster, CancellationToken cancellationToken)
    {
        try
        {
            var live = await HelmReleases.FindAsync(cluster.Api, run.Namespace, cluster.Release, cancellationToken);
            return ChartUpgrade.InForce(live) is { } release ? $"{release.ChartName} {release.ChartVersion}" : "no release at work";
        }
        catch (Exception exception) when (exception is KubernetesApiException or FormatException)
        {
            return "not known, as its release could not be read";
        }
    }
}
