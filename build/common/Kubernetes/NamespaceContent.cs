using System.Net;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Kubernetes;

/// <summary>What is in a namespace, of every kind that the API server knows, but for what Kubernetes puts into each one itself.</summary>
public static class NamespaceContent
{
    private const int AtOnce = 8;

    // Made by controllers for other objects, and gone with them.
    private static readonly string[] Derived = ["events", "endpoints", "endpointslices", "leases", "controllerrevisions", "replicasets", "pods"];

    private static readonly (string Resource, string Name)[] Standing = [("configmaps", "kube-root-ca.crt"), ("serviceaccounts", "default")];

    /// <summary>Lists it, but for what is being deleted.</summary>
    /// <param name="api">The cluster.</param>
    /// <param name="ns">The namespace.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <returns>Resource and name of each object, <c>configmaps/settings</c>, in order.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public static async Task<IReadOnlyList<string>> ListAsync(ClusterApi api, string ns, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(api);
        var groups = (await api.GetAsync("/apis", cancellationToken))?["groups"] as JsonArray ?? [];
        string[] roots =
        [
            "/api/v1",
            .. groups.Select(group => (string?)group?["preferredVersion"]?["groupVersion"]).OfType<string>().Select(version => $"/apis/{version}"),
        ];
        var resources = await Task.WhenAll(roots.Select(root => ResourcesAsync(api, root, cancellationToken)));
        using var atOnce = new SemaphoreSlim(AtOnce);
        var found = await Task.WhenAll(
            resources.SelectMany(one => one).Select(path => NamesAsync(api, path.Root, path.Resource, ns, atOnce, cancellationToken))
        );
        return [.. found.SelectMany(one => one).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private static async Task<IReadOnlyList<(string Root, string Resource)>> ResourcesAsync(ClusterApi api, string root, CancellationToken cancellationToken) =>
        [
            .. ((await api.GetAsync(root, cancellationToken))?["resources"] as JsonArray ?? [])
                .OfType<JsonObject>()
                .Where(resource =>
                    resource["namespaced"]?.ToJsonString() == "true"
                    && (resource["verbs"] as JsonArray ?? []).Any(verb => (string?)verb == "list")
                    && (resource["verbs"] as JsonArray ?? []).Any(verb => (string?)verb == "delete")
                )
                .Select(resource => (string?)resource["name"] ?? string.Empty)
                .Where(name => !Derived.Contains(name, StringComparer.Ordinal))
                .Select(name => (root, name)),
        ];

    // What the operator may not list, the namespace may hold.
    private static async Task<IReadOnlyList<string>> NamesAsync(
        ClusterApi api,
        string root,
        string resource,
        string ns,
        SemaphoreSlim atOnce,
        CancellationToken cancellationToken
    )
    {
        await atOnce.WaitAsync(cancellationToken);
        try
        {
            var items = await api.ListMetadataAsync($"{root}/namespaces/{ns}/{resource}", cancellationToken);
            return
            [
                .. items
                    .Where(item => item["metadata"]?["deletionTimestamp"] is null)
                    .Select(item => (string?)item["metadata"]?["name"] ?? string.Empty)
                    .Where(name => !Standing.Contains((resource, name)))
                    .Select(name => $"{resource}/{name}"),
            ];
        }
        catch (KubernetesApiException exception) when (exception.Status == HttpStatusCode.Forbidden)
        {
            return [$"{resource} (not allowed to list)"];
        }
        finally
        {
            atOnce.Release();
        }
    }
}
