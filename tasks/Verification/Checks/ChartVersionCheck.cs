using Flyte.MultiCluster.Common.Charts;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Tasks.Checks;
using k8s.Models;

namespace Flyte.MultiCluster.Tasks.Verification.Checks;

/// <summary>Each plane has the chart that the fleet pins.</summary>
internal sealed class ChartVersionCheck() : ClusterCheck("chart-version", "each plane has the chart that the fleet pins", CheckSeverity.Fails)
{
    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Finding>> FindAsync(VerifyContext context, ClusterSnapshot cluster, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(cluster);
        if (context.Run.Run.IsKustomize)
            return [Finding.Skipped("the fleet installs with kustomize")];
        if (await cluster.InForceAsync() is not { } release)
            return [context.Run.Run.Fleet.Flyte.IsGitOps ? await OfGitAsync(context, cluster) : Finding.Skipped("there is no release")];
        if (await ExpectedAsync(context) is not var (name, version, whose))
            return [Finding.Skipped("what it should be is not known: the fleet's chart is not unpacked (FetchChart), and the control plane has no release")];
        var installed = $"{release.ChartName} {release.ChartVersion}";
        if (release.ChartName == name && ChartVersion.Same(release.ChartVersion, version))
            return [Finding.Ok(installed)];
        return
        [
            Finding.Failed(
                $"{installed} is installed, {name} {version} is {whose}.",
                $"Run {TargetNames.UpgradeFleet}, which upgrades it; or pin the installed version in the fleet."
            ),
        ];
    }

    private static async Task<Finding> OfGitAsync(VerifyContext context, ClusterSnapshot cluster)
    {
        string[] charts =
        [
            .. (await cluster.DeploymentsAsync())
                .Select(deployment => deployment.As<V1Deployment>())
                .Where(deployment => GitDifference.IsOwn(deployment, cluster.Release))
                .Select(deployment => deployment.GetLabel("helm.sh/chart"))
                .OfType<string>()
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
        if (charts.Length == 0)
            return Finding.Skipped("there is no release, and no Deployment says its chart");
        if (await ExpectedAsync(context) is not var (name, version, whose))
            return Finding.Skipped("what it should be is not known: the fleet's chart is not unpacked (FetchChart)");

        // A label holds no '+'.
        var label = $"{name}-{version.Replace('+', '_')}";
        return charts is [var only] && only.Replace("-v", "-", StringComparison.Ordinal) == label.Replace("-v", "-", StringComparison.Ordinal)
            ? Finding.Ok(only)
            : Finding.Failed($"{string.Join(", ", charts)} is installed, {name} {version} is {whose}.", GitDifference.Remedy);
    }

    // The version of an archive that FetchChart has not unpacked is not known: then all planes have the control plane's.
    private static async Task<(string Name, string Version, string Whose)?> ExpectedAsync(VerifyContext context)
    {
        var chart = context.Run.Run.Fleet.Flyte.Chart;
        if (chart.Path is null)
            return (chart.Name, chart.Version!, "the fleet's");
        if ((Directory.Exists(chart.Path) ? new UnpackedChart(chart.Path, context.Tools.Values) : context.Tools.Charts.Find(chart)) is { } unpacked)
            return (unpacked.Name, unpacked.Version, "the fleet's");
        return (await context.Control.ReachAsync()).Failure is null && await context.Control.InForceAsync() is { } control
            ? (control.ChartName, control.ChartVersion, "the control plane's")
            : null;
    }
}
