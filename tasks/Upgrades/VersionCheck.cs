using Flyte.MultiCluster.Common.Charts;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tasks.Upgrades;

/// <summary>The versions of the chart that are at work, against the fleet's.</summary>
/// <param name="context">The run.</param>
/// <param name="values">Reads and merges values as Helm does.</param>
internal sealed class VersionCheck(FlyteContext context, IHelmValues values)
{
    private readonly ProblemList _problems = context.Run.NewProblemList();

    /// <summary>Refuses a fleet that installs with kustomize.</summary>
    /// <exception cref="RefusedException">It does.</exception>
    public void RefuseOverlays()
    {
        if (context.Run.IsKustomize)
            throw new RefusedException([
                new Problem(
                    "flyte.overlays",
                    "The fleet installs with kustomize: Flyte's version is in its overlays, and no Helm release is there to upgrade.",
                    $"Change the overlays, and run {SuggestedCommand.Target(TargetNames.AddDataPlane, context.Options)}."
                ),
            ]);
    }

    /// <summary>Refuses the run for all that was found.</summary>
    /// <exception cref="RefusedException">Something is wrong.</exception>
    public void Refuse() => _problems.Refuse();

    /// <summary>Looks at the control plane.</summary>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<StageResult> ControlPlaneAsync(ControlPlaneRun control, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(control);
        if (await InForceAsync(control, cancellationToken) is not { } live)
        {
            _problems.Add(
                new Problem(
                    control.Name,
                    $"It has no release {control.Release} at work: there is nothing to upgrade.",
                    $"Run {SuggestedCommand.Target(TargetNames.AddDataPlane, context.Options)}, which installs it; or name the one that is there in the fleet."
                )
            );
            return StageResult.Done;
        }

        Look(control, live, [.. context.Run.Fleet.Flyte.Values, .. control.Spec.Values]);
        return StageResult.Done;
    }

    /// <summary>Looks at a data plane; one that has not joined yet is left out.</summary>
    /// <exception cref="KubernetesApiException">A server refused, or did not answer.</exception>
    public async Task<StageResult> DataPlaneAsync(DataPlaneRun plane, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plane);
        var newest = HelmReleases.FindAsync(plane.Api, context.Run.Namespace, plane.Release, cancellationToken);
        var secret = new CredentialsSecret(context.Run).ReadAsync(cancellationToken);
        await Task.WhenAll(newest, secret);
        var isStored = CredentialsSecret.HasKeys(secret.Result, plane);
        if (isStored && newest.Result is { } found && ChartUpgrade.InForce(found) is null)
        {
            _problems.Add(
                new Problem(
                    plane.Name,
                    $"Release {found.Name} has no deployed revision: its newest one, {found.Revision}, is {found.Status}.",
                    $"Name its chart's version in the fleet, {found.ChartVersion}, and run {TargetNames.AddDataPlane} first."
                )
            );
            return StageResult.Done;
        }

        if (ChartUpgrade.InForce(newest.Result) is not { } release || !isStored)
        {
            const string Why = "it has not joined yet: AddDataPlane joins it after the upgrade";
            plane.LeaveOut(Why);
            context.Journal.Add($"{plane.Name} is left out: {Why}.");
            return StageResult.Skipped(Why);
        }

        Look(plane, release, [.. context.Run.Fleet.Flyte.Values, .. plane.Spec.Values]);
        return StageResult.Done;
    }

    private async Task<HelmRelease?> InForceAsync(ClusterRun cluster, CancellationToken cancellationToken) =>
        ChartUpgrade.InForce(await HelmReleases.FindAsync(cluster.Api, context.Run.Namespace, cluster.Release, cancellationToken));

    private void Look(ClusterRun cluster, HelmRelease live, IReadOnlyList<string> files)
    {
        var chart = context.Run.Chart;
        if (Step(cluster, live, chart) is { } problem)
            _problems.Add(problem);
        if (ChartVersion.Same(live.ChartVersion, chart.Version))
            return;
        var own = values.MergeFiles(files);
        string[] unknown = [.. values.Lost(own, []).Where(path => !chart.Knows(ValuesPath.Keys(path)))];
        if (unknown.Length > 0)
            context.Journal.Add(
                $"{cluster.Name}: chart {chart.Name} {chart.Version} does not know these values, so they will have no effect: {string.Join(", ", unknown)}."
            );
    }

    private Problem? Step(ClusterRun cluster, HelmRelease live, UnpackedChart chart)
    {
        if (live.ChartName != chart.Name)
            return new Problem(
                cluster.Name,
                $"Release {live.Name} is of chart {live.ChartName}, and the fleet's is {chart.Name}.",
                "Name the release of the fleet's chart, or the chart of the release."
            );
        if (
            context.Options.AcceptVersionSkew
            || ChartVersion.Parse(live.ChartVersion) is not { } from
            || ChartVersion.Parse(chart.Version) is not { } to
            || (!to.IsFarFrom(from) && !to.IsOlderThan(from))
        )
            return null;
        return new Problem(
            cluster.Name,
            $"Release {live.Name} has chart {live.ChartName} {live.ChartVersion}, and {chart.Version} "
                + (to.IsOlderThan(from) ? "is older: Flyte's database has been migrated to the newer one." : "is more than one minor version away."),
            to.IsOlderThan(from)
                ? $"{nameof(Rollback)} goes back to a revision that was at work; or give --accept-version-skew."
                : "Upgrade a minor version at a time; or give --accept-version-skew."
        );
    }
}
