using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Helm;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.ControlPlanes;

namespace Flyte.MultiCluster.Tasks.Upgrades;

/// <summary>Takes a release back to the revision from before its upgrade failed, unless that would do more harm.</summary>
/// <param name="rollback">Rolls releases back.</param>
/// <param name="ready">Waits for Deployments.</param>
/// <param name="values">Reads YAML as Helm does.</param>
public sealed class FailedUpgrade(ReleaseRollback rollback, ReadyControlPlane ready, IHelmValues values)
{
    /// <summary>Rolls a release back.</summary>
    /// <param name="context">The run.</param>
    /// <param name="cluster">The release's cluster.</param>
    /// <param name="before">The revision that was at work before; null for none.</param>
    /// <param name="cancellationToken">Cancels helm and the wait.</param>
    /// <returns>What became of it, a sentence; null where this run had made no revision, or somebody else has made one since.</returns>
    public async Task<string?> RollBackAsync(FlyteContext context, ClusterRun cluster, HelmRelease? before, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(cluster);
        if (before is null || cluster.Planned.Made is not { } made)
            return null;
        var command = SuggestedCommand.Target(nameof(Rollback), context.Options with { Clusters = [cluster.Name] }) + $" --to={before.Revision}";
        try
        {
            var newest = await PendingRelease.SettleAsync(cluster.Api, context.Run.Namespace, before.Name, cancellationToken);
            if (newest is null || newest.Revision != made || made <= before.Revision)
                return null;
            if (rollback.ChangedDefinitions(before, newest) is { Count: > 0 } changed)
                return $"It was not rolled back, because {string.Join(", ", changed)} changed with the chart, and the old form would be put back under "
                    + $"the objects that are there. Fix the cause, and run {nameof(UpgradeFleet)} again; or drain the cluster, and then run {command}.";
            if (cluster is ControlPlaneRun && ClustersSection.Lost(newest.Config, before.Config) is { Count: > 0 } lost)
                return $"It was not rolled back, because revision {before.Revision} does not have {string.Join(", ", lost)}. Fix the cause, and run "
                    + $"{nameof(UpgradeFleet)} again.";
            if (await HarmAsync(context.Run, cluster, before, newest, cancellationToken) is { } harm)
                return $"It was not rolled back: {harm} Fix the cause, and run {nameof(UpgradeFleet)} again.";
            await rollback.RunAsync(context.Run, cluster, newest, before, cancellationToken, takesBack: true);
            await ready.UntilReadyAsync(context, cluster, cancellationToken);
            return $"It was rolled back to revision {before.Revision} ({before.ChartName} {before.ChartVersion}).";
        }
        catch (Exception exception)
            when (exception is HelmException or KubernetesApiException or InvalidOperationException or FormatException or RefusedException
                || (exception is OperationCanceledException && !context.Cancellation.IsCancellationRequested)
            )
        {
            return $"The rollback to revision {before.Revision} failed: {exception.Words().TrimEnd('.')}. Run {command} when that is fixed.";
        }
    }

    // What Rollback refuses, beside what the upgrade itself cannot have changed.
    private async Task<string?> HarmAsync(FleetRun run, ClusterRun cluster, HelmRelease before, HelmRelease newest, CancellationToken cancellationToken)
    {
        if (await new WorkflowDefinition(run, cluster, values).DeletedAsync(newest, before, cancellationToken) is > 0 and var workflows)
            return $"revision {before.Revision} has no FlyteWorkflow CRD, and going back deletes it with {workflows} workflow objects.";
        return (await new PropellerCheck(run, cluster).RenamedAsync(before, values, cancellationToken))?.What;
    }
}
