using Flyte.MultiCluster.Charts;
using Flyte.MultiCluster.Releases;

namespace Flyte.MultiCluster.Verification;

/// <summary>Each plane's Helm release is there and deployed, neither failed nor stuck.</summary>
public sealed class ReleaseCheck() : ClusterCheck("release")
{
    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<Finding>> LookAsync(VerifyContext context, ClusterSnapshot cluster, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        return [await cluster.ReleaseAsync() switch
        {
            null => Finding.Failed($"There is no Helm release {cluster.Release} in namespace {cluster.Namespace}.", "Run AddDataPlane; or write the name of the one that is there (helm list) as its release in the fleet."),
            { Status: "deployed" } release => Finding.Ok($"{release.Name} revision {release.Revision} is deployed"),
            { IsPending: true } release => Finding.Failed(PendingRelease.Explain(release), PendingRelease.Remedy),
            var release => Finding.Failed($"Helm release {release.Name} revision {release.Revision} is {release.Status}.", $"helm history {release.Name} -n {cluster.Namespace} --kube-context {cluster.Cluster.Context} says why; run AddDataPlane to go on from it."),
        }];
    }
}

/// <summary>Each plane has the chart that the fleet pins.</summary>
public sealed class ChartVersionCheck() : ClusterCheck("chart-version")
{
    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<Finding>> LookAsync(VerifyContext context, ClusterSnapshot cluster, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(cluster);
        if (await cluster.InForceAsync() is not { } release)
            return [Finding.Skipped("there is no release")];
        var (name, version) = Wanted(context);
        var installed = $"{release.ChartName} {release.ChartVersion}";
        if (release.ChartName == name && Plain(release.ChartVersion) == Plain(version))
            return [Finding.Ok(installed)];
        return [Finding.Failed($"{installed} is installed, {name} {version} is the fleet's.", "Run AddDataPlane, which upgrades it; or pin the installed version in the fleet.")];
    }

    private static (string Name, string Version) Wanted(VerifyContext context)
    {
        var chart = context.Run.Run.Fleet.Flyte.Chart;
        if (chart.Path is null)
            return (chart.Name, chart.Version!);
        var unpacked = Directory.Exists(chart.Path) ? new UnpackedChart(chart.Path, context.Run.Values) : context.Run.Charts.Find(chart);
        return unpacked is null ? throw new FormatException($"the version of {chart.Path} is not known before FetchChart has unpacked it.") : (unpacked.Name, unpacked.Version);
    }

    // Chart.yaml and the index differ in the v of one and the same version.
    private static string Plain(string version) => version.TrimStart('v');
}
