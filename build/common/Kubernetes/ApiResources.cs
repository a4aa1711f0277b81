using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Kubernetes;

/// <summary>Where a cluster's API keeps objects of any kind, by its discovery (<c>/api/v1</c>, <c>/apis/GROUP/VERSION</c>), read once for each
/// version.</summary>
internal sealed class ApiResources(ClusterApi api)
{
    private readonly ConcurrentDictionary<string, Task<IReadOnlyList<JsonObject>>> _known = new(StringComparer.Ordinal);

    /// <summary>An object's path.</summary>
    /// <param name="manifest">The object.</param>
    /// <param name="ns">The namespace of a namespaced object that names none.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>Its path, and its namespace; null where the server knows no such kind.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<(string Path, string? Namespace)?> FindAsync(JsonObject manifest, string ns, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var version = (string?)manifest["apiVersion"] ?? "v1";
        var root = version.Contains('/', StringComparison.Ordinal) ? $"/apis/{version}" : $"/api/{version}";
        var kind = (string?)manifest["kind"];
        if (Named(await ReadAsync(root, cancellationToken), kind) is not { } resource)
        {
            // Its CustomResourceDefinition may have come since.
            _known.TryRemove(root, out _);
            return null;
        }

        var scope = resource["namespaced"]?.ToJsonString() == "true" ? (string?)manifest["metadata"]?["namespace"] ?? ns : null;
        var name = Uri.EscapeDataString((string?)manifest["metadata"]?["name"] ?? string.Empty);
        return ($"{root}{(scope is null ? string.Empty : $"/namespaces/{scope}")}/{(string?)resource["name"]}/{name}", scope);
    }

    private Task<IReadOnlyList<JsonObject>> ReadAsync(string root, CancellationToken cancellationToken) =>
        _known.GetOrAdd(root, async path => [.. ((await api.GetAsync(path, cancellationToken))?["resources"] as JsonArray ?? []).OfType<JsonObject>()]);

    private static JsonObject? Named(IReadOnlyList<JsonObject> resources, string? kind) =>
        resources.FirstOrDefault(resource =>
            (string?)resource["kind"] == kind && !((string?)resource["name"] ?? string.Empty).Contains('/', StringComparison.Ordinal)
        );
}
