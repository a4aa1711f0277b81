using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using k8s.Models;

namespace Flyte.MultiCluster.Common.Install.Helm;

/// <summary>
/// Where Argo CD or Flux changes releases: what Git still has to bring to a cluster. Argo CD leaves no Helm release, so objects are compared.
/// </summary>
/// <param name="manifests">The rendered manifests.</param>
public sealed class GitDifference(RenderedManifests manifests)
{
    /// <summary>What to do about a difference.</summary>
    public const string Remedy = "Run Render, commit, and sync.";

    /// <summary>Whether a Deployment is a release's: Argo CD does not write Helm's annotation.</summary>
    /// <param name="deployment">The Deployment.</param>
    /// <param name="release">The release's name.</param>
    public static bool IsOwn(V1Deployment deployment, string release)
    {
        ArgumentNullException.ThrowIfNull(deployment);
        return deployment.GetAnnotation("meta.helm.sh/release-name") is { } owner
            ? owner == release
            : deployment.Spec?.Selector?.MatchLabels?.TryGetValue("app.kubernetes.io/instance", out var instance) == true && instance == release;
    }

    /// <summary>The differences as a note.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="phrases">The differences.</param>
    public static string Note(ClusterRun cluster, IReadOnlyList<string> phrases)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        return $"{cluster.Name} is not as the fleet wants it: {ShortList.Of(phrases, 4)}. {Remedy}";
    }

    /// <summary>What differs in a cluster from what the chart renders, a phrase each, without values.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="files">Its values files, in order.</param>
    /// <param name="cancellationToken">Cancels helm and the requests.</param>
    /// <exception cref="Tools.Helm.HelmException">The chart cannot be rendered with these values.</exception>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<IReadOnlyList<string>> OfAsync(FleetRun run, ClusterRun cluster, IReadOnlyList<string> files, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(cluster);
        var wanted = await manifests.OfAsync(run, cluster.Release, files, [], cancellationToken);

        // Whether a Secret comes from Git or from a store is not this program's to know.
        var drift = await ManifestObjects.DriftAsync(cluster.Api, run.Namespace, wanted.Where(one => (string?)one["kind"] != "Secret"), cancellationToken);
        return drift.Phrases;
    }
}
