using Cake.Core.Diagnostics;
using Flyte.MultiCluster.Common.Kubernetes.Rollouts;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools;
using k8s.Models;

namespace Flyte.MultiCluster.Common.Install.Helm;

/// <summary>Waits for a cluster's Deployments in a run.</summary>
/// <param name="replicas">How many replicas are wanted.</param>
/// <param name="log">Gets the watcher's lines.</param>
public sealed class ClusterRollout(DesiredReplicas replicas, ICakeLog log)
{
    /// <summary>The watcher whose lines are the run's, and that keeps the logs of containers that have ended below <c>artifacts/log</c>.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="release">The release.</param>
    /// <param name="isOwn">Which Deployments to wait for instead of the release's.</param>
    public RolloutWatcher Of(FleetRun run, ClusterRun cluster, string release, Func<V1Deployment, bool>? isOwn = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(cluster);
        return new RolloutWatcher(
            cluster.Api,
            run.Namespace,
            release,
            line => log.Report(cluster.Name, line),
            isOwn ?? (run.Fleet.Flyte.IsGitOps ? deployment => GitDifference.IsOwn(deployment, release) : null),
            new PodLogs(Path.Combine(ProjectRoot.Path, "artifacts", "log", cluster.Name), ProjectRoot.Path),
            token => replicas.ReadAsync(run, cluster, token)
        );
    }
}
