using System.Diagnostics;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Tools;
using Flyte.MultiCluster.Common.Tools.Kubectl;
using Flyte.MultiCluster.Tasks.Sandboxes;

namespace Flyte.MultiCluster.Tasks.Developers.Benchmarks;

/// <summary>What one read costs: as a kubectl process, and as a request through <c>kubectl proxy</c>. Why is in <c>docs/decisions.md</c>.</summary>
/// <param name="KubectlProcess">The median of a <c>kubectl get</c>.</param>
/// <param name="ThroughProxy">The median of a GET through the proxy, which runs already.</param>
/// <param name="ProxyStart">From starting the proxy to its first answer.</param>
internal sealed record RequestCost(TimeSpan KubectlProcess, TimeSpan ThroughProxy, TimeSpan ProxyStart)
{
    private const int Times = 11;

    /// <summary>Measures on a running sandbox, with its pretended round trip.</summary>
    /// <param name="sandbox">The sandbox.</param>
    /// <param name="processes">Starts the children.</param>
    /// <param name="cancellationToken">Cancels the measurement.</param>
    public static async Task<RequestCost> MeasureAsync(SandboxState sandbox, ChildProcessRunner processes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sandbox);
        var kubectl = ToolPaths.Current.Find("kubectl") ?? throw new InvalidOperationException("kubectl is missing.");
        var cluster = sandbox.Clusters[0].Name;
        var process = await MedianAsync(() => KubectlAsync(kubectl, sandbox.Kubeconfig, cluster, cancellationToken));

        var none = Task.FromResult<IReadOnlyDictionary<string, KubeContext>>(new Dictionary<string, KubeContext>(StringComparer.Ordinal));
        await using var proxied = new ClusterConnections(none, new KubectlProxies(processes, kubectl, sandbox.Kubeconfig));
        using var api = ClusterApi.Through(proxied, cluster, cluster);
        var start = await TimeAsync(() => api.GetAsync("/api/v1/namespaces/kube-system", cancellationToken));
        var request = await MedianAsync(() => api.GetAsync("/api/v1/namespaces/kube-system", cancellationToken));
        return new RequestCost(process, request, start);
    }

    private static async Task KubectlAsync(string kubectl, string kubeconfig, string context, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(kubectl) { UseShellExecute = false, RedirectStandardOutput = true };
        foreach (var argument in new[] { $"--kubeconfig={kubeconfig}", $"--context={context}", "get", "namespace", "kube-system", "--output=name" })
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
    }

    private static async Task<TimeSpan> MedianAsync(Func<Task> what)
    {
        var times = new List<TimeSpan>();
        for (var time = 0; time < Times; time++)
            times.Add(await TimeAsync(what));
        return times.Order().ElementAt(Times / 2);
    }

    private static async Task<TimeSpan> TimeAsync(Func<Task> what)
    {
        var watch = Stopwatch.StartNew();
        await what();
        return watch.Elapsed;
    }
}
