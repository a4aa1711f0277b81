using System.Net;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Kubectl;

namespace Flyte.MultiCluster.Common.Install.Kustomize;

/// <summary>What the operator's own credential must be allowed to do for an overlay: apply its kinds, whatever they are, and delete what left it.</summary>
/// <param name="run">The run.</param>
/// <param name="cluster">The cluster.</param>
/// <param name="overlays">The rendered overlays.</param>
public sealed class OverlayAccess(FleetRun run, ClusterRun cluster, RenderedOverlays overlays)
{
    private static readonly string[] Applied = ["get", "create", "patch"];

    private static readonly string[] Deleted = ["get", "delete"];

    private readonly ApiResources _resources = new(cluster.Api);

    /// <summary>The accesses, each once; none for an overlay that does not render, which another check reports.</summary>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<IReadOnlyList<Access>> NeededAsync(CancellationToken cancellationToken)
    {
        Overlay overlay;
        try
        {
            overlay = await overlays.OfAsync(run, cluster);
        }
        catch (Exception exception) when (exception is KubectlException or FormatException)
        {
            return [];
        }

        var objects = await Task.WhenAll(overlay.Objects.Select(manifest => FindAsync(manifest, cancellationToken)));
        var wanted = objects.Select(found => found.Id).ToArray();
        var left = (await NotedAsync(cancellationToken)).Where(id => !id.IsKept && !wanted.Any(id.IsSame));
        var going = await Task.WhenAll(left.Select(id => FindAsync(id.Bare(), cancellationToken)));
        return [.. objects.SelectMany(found => Accesses(found, Applied)).Concat(going.SelectMany(found => Accesses(found, Deleted))).Distinct()];
    }

    // A context that cannot read it is reported by the accesses that every cluster needs.
    private async Task<IReadOnlyList<ObjectId>> NotedAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await new Inventory(run, cluster).ReadAsync(cancellationToken);
        }
        catch (KubernetesApiException exception) when (exception.Status == HttpStatusCode.Forbidden)
        {
            return [];
        }
    }

    // A kind that the server does not know yet comes with the overlay's own CustomResourceDefinition.
    private async Task<(ObjectId Id, string? Resource)> FindAsync(JsonObject manifest, CancellationToken cancellationToken)
    {
        var id = ObjectId.Of(manifest);
        return await _resources.FindAsync(manifest, run.Namespace, cancellationToken) is var (path, scope)
            ? (id with { Namespace = scope }, path.Split('/')[^2])
            : (id, null);
    }

    private static IEnumerable<Access> Accesses((ObjectId Id, string? Resource) found, string[] verbs) =>
        found.Resource is { } resource ? verbs.Select(verb => new Access(verb, found.Id.Group, resource, found.Id.Namespace)) : [];
}
