using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tasks.ControlPlanes;

/// <summary>Waits until Deployments are Available, and until flyteadmin answers with the new configuration alone.</summary>
/// <param name="rollout">Waits for Deployments.</param>
/// <param name="values">Reads YAML as Helm does.</param>
public sealed class ReadyControlPlane(ClusterRollout rollout, IHelmValues values)
{
    /// <summary>Waits until the control plane's Deployments are Available, its replaced flyteadmin pods gone, and the run's data planes loaded.</summary>
    /// <param name="context">The run.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="InvalidOperationException">A Deployment does not become Available, or flyteadmin does not name a data plane.</exception>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task UntilReadyAsync(FlyteContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        await UntilAvailableAsync(context, context.Run.ControlPlane, cancellationToken);

        // What is loaded is reported for all pods that answer.
        var replaced = ReplacedFlyteAdmin.UntilGoneAsync(context, cancellationToken);
        var loaded = new LoadedClusterConfigs(context.Run, values).UntilLoadedAsync(context.Options.Timeout, cancellationToken);
        await Task.WhenAll(replaced, loaded);
        context.Report(context.Run.ControlPlane.Name, $"flyteadmin has loaded {string.Join(", ", await loaded)}");
    }

    /// <summary>Waits for a cluster: for all that is waited for at the control plane, or for a data plane's Deployments.</summary>
    /// <param name="context">The run.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="InvalidOperationException">A Deployment does not become Available, or flyteadmin does not name a data plane.</exception>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public Task UntilReadyAsync(FlyteContext context, ClusterRun cluster, CancellationToken cancellationToken) =>
        cluster is ControlPlaneRun ? UntilReadyAsync(context, cancellationToken) : UntilAvailableAsync(context, cluster, cancellationToken);

    /// <summary>Waits until a cluster's Deployments are Available, and reports which they are.</summary>
    /// <param name="context">The run.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="InvalidOperationException">One does not become Available.</exception>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task UntilAvailableAsync(FlyteContext context, ClusterRun cluster, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(cluster);
        var deployments = await rollout
            .Of(context.Run, cluster, cluster.Release, context.Run.IsKustomize ? Overlay.IsOwn : null)
            .UntilAvailableAsync(context.Options.Timeout, cancellationToken);
        context.Report(cluster.Name, $"available: {string.Join(", ", deployments)}");
    }
}
