using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;

namespace Flyte.MultiCluster.Common.Flyte;

/// <summary>The FlyteWorkflow objects of a cluster whose executions have not ended.</summary>
public static class UnfinishedWorkflows
{
    /// <summary>The collection of all FlyteWorkflow objects.</summary>
    public const string Path = "/apis/flyte.lyft.com/v1alpha1/flyteworkflows";

    /// <summary>The selector of the unfinished ones: flytepropeller labels those that have ended.</summary>
    public const string Selector = "termination-status!=terminated";

    private const int Most = 5;

    /// <summary>Lists them.</summary>
    /// <param name="api">The cluster.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>Namespace and name of each; none where the cluster has no such kind.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public static async Task<IReadOnlyList<string>> ListAsync(ClusterApi api, CancellationToken cancellationToken)
    {
        return
        [
            .. (await ReadAsync(api, cancellationToken))
                .Select(workflow => $"{(string?)workflow["metadata"]?["namespace"]}/{(string?)workflow["metadata"]?["name"]}")
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Reads their metadata; none where the cluster has no such kind.</summary>
    /// <param name="api">The cluster.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public static Task<IReadOnlyList<JsonObject>> ReadAsync(ClusterApi api, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(api);
        return api.ListMetadataAsync($"{Path}?labelSelector={Uri.EscapeDataString(Selector)}", cancellationToken);
    }

    /// <summary>Some of their names, and how many there are.</summary>
    /// <param name="all">Their names.</param>
    public static string Named(IReadOnlyList<string> all)
    {
        ArgumentNullException.ThrowIfNull(all);
        var (verb, noun) = all.Count == 1 ? ("is", "FlyteWorkflow") : ("are", "FlyteWorkflows");
        return $"{all.Count} {noun} there {verb} unfinished: {ShortList.Of(all, Most)}";
    }

    /// <summary>The command that shows them.</summary>
    /// <param name="context">The cluster's kubeconfig context.</param>
    public static string Command(string context) => $"kubectl --context {context} get flyteworkflows --all-namespaces -l {Selector}";
}
