using Flyte.MultiCluster.Common.Kubernetes.Rollouts;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools;
using k8s.Models;

namespace Flyte.MultiCluster.Common.Install.Helm;

/// <summary>Waits for a cluster's Deployments in a run.</summary>
public static class ClusterRollout
{
    /// <summary>The watcher whose lines are the run's, and that keeps the logs of containers that have ended below <c>artifacts/log</c>.</summary>
    /// <param name="context">The run.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="release">The release.</param>
    /// <param name="isOwn">Which Deployments to wait for instead of the release's.</param>
    public static RolloutWatcher Of(FlyteContext context, ClusterRun cluster, string release, Func<V1Deployment, bool>? isOwn = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(cluster);
        return new RolloutWatcher(
            cluster.Api,
            context.Run.Namespace,
            release,
            line => context.Report(cluster.Name, line),
            isOwn,
            new PodLogs(Path.Combine(ProjectRoot.Path, "artifacts", "log", cluster.Name), ProjectRoot.Path),
            token => DesiredReplicas.ReadAsync(context, cluster, token));
    }
}
