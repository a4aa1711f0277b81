using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Install.Helm;

/// <summary>How many replicas manifests want.</summary>
/// <param name="overlays">The rendered overlays.</param>
/// <param name="values">Reads YAML as Helm does.</param>
public sealed class DesiredReplicas(RenderedOverlays overlays, IHelmValues values)
{
    /// <summary>Each Deployment's number: Kubernetes takes 1 where a manifest says none.</summary>
    /// <param name="manifests">The manifests; those of other kinds are passed over.</param>
    public static IReadOnlyDictionary<string, int> Of(IEnumerable<JsonObject> manifests) =>
        manifests
            .Where(manifest => (string?)manifest["kind"] == "Deployment" && manifest["metadata"]?["name"] is not null)
            .DistinctBy(manifest => (string?)manifest["metadata"]!["name"], StringComparer.Ordinal)
            .ToDictionary(manifest => (string)manifest["metadata"]!["name"]!, manifest => Number(manifest["spec"]?["replicas"]) ?? 1, StringComparer.Ordinal);

    /// <summary>Reads the numbers of a cluster's release, or of its overlay.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<IReadOnlyDictionary<string, int>> ReadAsync(FleetRun run, ClusterRun cluster, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(cluster);
        if (run.Fleet.Flyte.Overlays is not null)
            return Of((await overlays.OfAsync(run, cluster)).Objects);
        var name = cluster is DataPlaneRun plane ? plane.Spec.Release : run.ControlPlane.Spec.Release;
        var release = await HelmReleases.FindAsync(cluster.Api, run.Namespace, name, cancellationToken);
        return release is null ? new Dictionary<string, int>() : Of(ManifestObjects.OfKind((release.Deployed ?? release).Manifest, "Deployment", values));
    }

    private static int? Number(JsonNode? node) =>
        int.TryParse(node?.ToString(), System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;
}
