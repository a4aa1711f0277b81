using Cake.Core.Diagnostics;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Tools;
using Flyte.MultiCluster.Common.Tools.Kubectl;

namespace Flyte.MultiCluster.Common.Kubernetes;

/// <summary>
/// The clusters of a kubeconfig, for targets that use no fleet; each is connected to when it is first asked something. The container ends the connections
/// with the run.
/// </summary>
/// <param name="kubectl">Reads the kubeconfig.</param>
/// <param name="processes">Starts kubectl's proxies.</param>
/// <param name="log">Gets what a login prints, and the requests at <c>--verbosity=diagnostic</c>.</param>
public sealed class KubeconfigClusters(KubectlTools kubectl, ChildProcessRunner processes, ICakeLog log) : IDisposable
{
    private readonly Dictionary<string, ClusterApi> _clusters = new(StringComparer.Ordinal);
    private ClusterConnections? _connections;

    /// <summary>Reads the kubeconfig's contexts; kubectl is registered with Cake.</summary>
    /// <param name="kubeconfig">The kubeconfig, an absolute path; null for kubectl's own default.</param>
    /// <param name="cancellationToken">Cancels kubectl.</param>
    /// <exception cref="KubectlException">kubectl failed: the kubeconfig cannot be read.</exception>
    public async Task<IReadOnlyDictionary<string, KubeContext>> ContextsAsync(string? kubeconfig, CancellationToken cancellationToken)
    {
        var contexts = kubectl.ConfigView.ContextsAsync(new KubectlSettings { Kubeconfig = kubeconfig }, cancellationToken);
        _connections = new ClusterConnections(
            contexts,
            new KubectlProxies(processes, ToolPaths.Current.Find("kubectl")!, kubeconfig, (context, line) => log.Information("[{0}] {1}", context, line))
        );
        return await contexts;
    }

    /// <summary>The cluster of a context.</summary>
    /// <param name="context">The kubeconfig context.</param>
    /// <param name="timeout">How long one call may take.</param>
    /// <exception cref="InvalidOperationException">The contexts were not read.</exception>
    public ClusterApi Open(string context, TimeSpan timeout)
    {
        var connections = _connections ?? throw new InvalidOperationException("The kubeconfig was not read.");
        lock (_clusters)
        {
            if (!_clusters.TryGetValue(context, out var api))
                _clusters.Add(context, api = ClusterApi.Through(connections, context, context, timeout, log));
            return api;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var api in _clusters.Values)
            api.Dispose();
        _connections?.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
