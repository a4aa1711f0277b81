using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Common.Install.Helm;

/// <summary>How many replicas manifests want.</summary>
public static class DesiredReplicas
{
    /// <summary>Each Deployment's number: Kubernetes takes 1 where a manifest says none.</summary>
    /// <param name="manifests">The manifests; those of other kinds are passed over.</param>
    public static IReadOnlyDictionary<string, int> Of(IEnumerable<JsonObject> manifests)
        => manifests.Where(manifest => (string?)manifest["kind"] == "Deployment" && manifest["metadata"]?["name"] is not null)
            .DistinctBy(manifest => (string?)manifest["metadata"]!["name"], StringComparer.Ordinal)
            .ToDictionary(manifest => (string)manifest["metadata"]!["name"]!, manifest => Number(manifest["spec"]?["replicas"]) ?? 1, StringComparer.Ordinal);

    /// <summary>Reads the numbers of a cluster's release, or of its overlay.</summary>
    /// <param name="context">The run.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="cancellationToken">Ends the requests.</param>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public static async Task<IReadOnlyDictionary<string, int>> ReadAsync(FlyteContext context, ClusterRun cluster, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(cluster);
        if (context.Run.Fleet.Flyte.Overlays is { } overlays)
            return Of((await context.Run.State.Of<RenderedOverlays>().OfAsync(context, cluster is DataPlaneRun own ? DataPlaneOverlay.Folder(context, own) : overlays.ControlPlane)).Objects);
        var name = cluster is DataPlaneRun plane ? plane.Spec.Release : context.Run.ControlPlane.Spec.Release;
        var release = await HelmReleases.FindAsync(cluster.Api, context.Run.Namespace, name, cancellationToken);
        return release is null ? new Dictionary<string, int>() : Of(ManifestObjects.OfKind((release.Deployed ?? release).Manifest, "Deployment", context.Values));
    }

    private static int? Number(JsonNode? node) => int.TryParse(node?.ToString(), System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;
}
