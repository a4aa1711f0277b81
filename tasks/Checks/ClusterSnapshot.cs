using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using k8s.Models;

namespace Flyte.MultiCluster.Tasks.Checks;

/// <summary>Whether a cluster answers.</summary>
/// <param name="Version">Its Kubernetes version, <c>v1.36.3</c>; empty where it does not answer.</param>
/// <param name="Failure">Why it does not answer; null where it does.</param>
/// <param name="HasContext">Whether the kubeconfig has its context.</param>
/// <param name="IsForbidden">Whether it answers, and refuses this login.</param>
internal sealed record Reach(string Version, string? Failure, bool HasContext = true, bool IsForbidden = false);

/// <summary>A cluster as the checks see it: each object is read when the first check asks for it, and once for all of them.</summary>
internal sealed class ClusterSnapshot
{
    private readonly ConcurrentDictionary<string, Lazy<Task<JsonObject?>>> _objects = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyList<JsonObject>>>> _lists = new(StringComparer.Ordinal);
    private readonly Lazy<Task<Reach>> _reach;
    private readonly Lazy<Task<IReadOnlyList<V1Pod>>> _pods;
    private readonly Lazy<Task<HelmRelease?>> _release;
    private readonly TimeSpan? _patience;
    private readonly CancellationToken _cancellation;

    /// <summary>Prepares; nothing is read yet.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="ns">Flyte's namespace.</param>
    /// <param name="contexts">The kubeconfig's contexts with their API servers; null where the kubeconfig cannot be read.</param>
    /// <param name="release">Reads the newest revision of the cluster's Helm release.</param>
    /// <param name="patience">How long the cluster may take to say its version; null for as long as a request may take.</param>
    /// <param name="cancellationToken">Cancels all reads.</param>
    public ClusterSnapshot(
        ClusterRun cluster,
        string ns,
        Lazy<Task<KubeconfigView>> contexts,
        Func<ClusterSnapshot, Task<HelmRelease?>> release,
        TimeSpan? patience,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(contexts);
        ArgumentNullException.ThrowIfNull(release);
        (Cluster, Namespace, _patience, _cancellation) = (cluster, ns, patience, cancellationToken);
        _reach = new(() => ReachOnceAsync(contexts));
        _pods = new(() => Cluster.Api.PodsAsync(Namespace, _cancellation));
        _release = new(() => release(this));
    }

    /// <summary>The cluster.</summary>
    public ClusterRun Cluster { get; }

    /// <summary>Its fleet name.</summary>
    public string Name => Cluster.Name;

    /// <summary>Flyte's namespace.</summary>
    public string Namespace { get; }

    /// <summary>The name of Flyte's Helm release in it.</summary>
    public string Release => Cluster.Release;

    /// <summary>Whether the fleet disables it: it may be away then.</summary>
    public bool IsDisabled => Cluster is DataPlaneRun { Spec.Enabled: false };

    /// <summary>Whether anybody has asked whether it answers.</summary>
    public bool IsLookedAt => _reach.IsValueCreated;

    /// <summary>Whether it answers.</summary>
    public Task<Reach> ReachAsync() => _reach.Value;

    /// <summary>An object; null where there is none.</summary>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public Task<JsonObject?> GetAsync(string path) => _objects.GetOrAdd(path, key => new(() => Cluster.Api.GetAsync(key, _cancellation))).Value;

    /// <summary>Flyte's namespace as it is; null where there is none.</summary>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public Task<JsonObject?> NamespaceAsync() => GetAsync($"/api/v1/namespaces/{Namespace}");

    /// <summary>The UID of namespace kube-system, which is a cluster's identity; null where there is no such namespace.</summary>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<string?> UidAsync() => (string?)(await GetAsync("/api/v1/namespaces/kube-system"))?["metadata"]?["uid"];

    /// <summary>A core object in Flyte's namespace; null where there is none.</summary>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public Task<JsonObject?> CoreAsync(string resource, string name) => GetAsync(KubernetesPaths.Core(Namespace, resource, name));

    /// <summary>A collection's items; none where the kind is not installed.</summary>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public Task<IReadOnlyList<JsonObject>> ListAsync(string path) => _lists.GetOrAdd(path, key => new(() => Cluster.Api.ListAsync(key, _cancellation))).Value;

    /// <summary>All Deployments of Flyte's namespace.</summary>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public Task<IReadOnlyList<JsonObject>> DeploymentsAsync() => ListAsync($"/apis/apps/v1/namespaces/{Namespace}/deployments");

    /// <summary>A Deployment of Flyte's namespace; null where there is none.</summary>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<JsonObject?> DeploymentAsync(string name) =>
        (await DeploymentsAsync()).FirstOrDefault(deployment => (string?)deployment["metadata"]?["name"] == name);

    /// <summary>The pods of Flyte's namespace.</summary>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public Task<IReadOnlyList<V1Pod>> PodsAsync() => _pods.Value;

    /// <summary>The newest revision of Flyte's Helm release; null where there is none.</summary>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    /// <exception cref="FormatException">Its Secret holds no release.</exception>
    public Task<HelmRelease?> ReleaseAsync() => _release.Value;

    /// <summary>The revision whose objects are in the cluster: the newest, or the deployed one that it did not replace.</summary>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    /// <exception cref="FormatException">Its Secret holds no release.</exception>
    public async Task<HelmRelease?> InForceAsync() => await ReleaseAsync() is { } newest ? newest.Deployed ?? newest : null;

    private async Task<Reach> ReachOnceAsync(Lazy<Task<KubeconfigView>> contexts)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_cancellation);
        if (_patience is { } most)
            patience.CancelAfter(most);
        try
        {
            var version = IsDisabled
                ? await Cluster.Api.ProbeAsync("/version", DisabledClusters.Patience, patience.Token)
                : await Cluster.Api.GetAsync("/version", patience.Token);
            return new Reach((string?)version?["gitVersion"] ?? string.Empty, null);
        }
        catch (KubernetesApiException exception)
        {
            // Asked afterwards: a context that is there need not wait for the answer.
            if (!(await contexts.Value).Servers.ContainsKey(Cluster.Context))
                return new Reach(string.Empty, $"the kubeconfig has no context '{Cluster.Context}'", HasContext: false);
            var failure = exception.IsUnreachable ? exception.ServerMessage : exception.Message;
            return new Reach(string.Empty, failure, IsForbidden: exception.Status is HttpStatusCode.Forbidden);
        }
        catch (OperationCanceledException) when (!_cancellation.IsCancellationRequested)
        {
            return new Reach(string.Empty, $"no answer within {_patience?.TotalSeconds:0} s");
        }
    }
}
