using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>
/// All objects of a cluster, by kind, namespace and name, as somebody wrote them: without what Kubernetes itself notes in them, and without objects that
/// controllers make of others.
/// </summary>
internal static class LiveObjects
{
    private static readonly string[] Derived =
    [
        "Event",
        "Lease",
        "Pod",
        "ReplicaSet",
        "Endpoints",
        "EndpointSlice",
        "Node",
        "APIService",
        "ControllerRevision",
    ];

    private static readonly HelmValues Values = new();

    /// <summary>All objects of all clusters, by cluster, kind and name.</summary>
    public static async Task<SortedDictionary<string, JsonObject>> OfAsync(StageBed bed)
    {
        var found = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var cluster in bed.Clusters)
            await AddAsync(cluster, found);
        return found;
    }

    /// <summary>Whether Flyte itself writes an object as a whole when it starts.</summary>
    public static bool IsFlytes(string name) =>
        name.EndsWith("Secret flyte/flyte-pod-webhook", StringComparison.Ordinal)
        || name.EndsWith("Secret flyte/flyte-admin-secrets", StringComparison.Ordinal);

    /// <summary>What is no longer there: objects, those that were deleted and made anew, and single fields.</summary>
    /// <remarks>
    /// Not counted are the Ingress that the chart makes in vain in a data plane, and the Secrets that Flyte itself writes as a whole when it starts.
    /// </remarks>
    public static IEnumerable<string> Lost(IReadOnlyDictionary<string, JsonObject> before, IReadOnlyDictionary<string, JsonObject> after)
    {
        foreach (var (name, was) in before)
        {
            if (IsFlytes(name) || name.EndsWith("Ingress flyte/flyte-core", StringComparison.Ordinal))
                continue;
            if (!after.TryGetValue(name, out var live) || (string?)live["metadata"]!["uid"] != (string?)was["metadata"]!["uid"])
                yield return name;
            else
                foreach (var path in Values.Lost(was, live))
                    yield return $"{name}: {path}";
        }
    }

    private static async Task AddAsync(ClusterView cluster, SortedDictionary<string, JsonObject> found)
    {
        foreach (var group in await GroupsAsync(cluster))
        {
            var resources = (await cluster.GetAsync(group))?["resources"] as JsonArray ?? [];
            foreach (var resource in resources.OfType<JsonObject>().Where(IsListed))
            {
                foreach (var item in ((await cluster.GetAsync($"{group}/{resource["name"]}"))?["items"] as JsonArray ?? []).OfType<JsonObject>())
                {
                    var metadata = item["metadata"]!.AsObject();
                    if ((string?)item["type"] == "helm.sh/release.v1")
                        continue;
                    foreach (var noted in new[] { "managedFields", "resourceVersion", "generation" })
                        metadata.Remove(noted);
                    item.Remove("status");
                    found[$"{cluster.Name} {resource["kind"]} {(metadata["namespace"] is { } ns ? $"{ns}/" : string.Empty)}{metadata["name"]}"] = item;
                }
            }
        }
    }

    private static async Task<IEnumerable<string>> GroupsAsync(ClusterView cluster) =>
        ((await cluster.GetAsync("/apis"))?["groups"] as JsonArray ?? [])
            .Select(group => $"/apis/{group!["preferredVersion"]!["groupVersion"]}")
            .Prepend("/api/v1");

    private static bool IsListed(JsonObject resource) =>
        !((string)resource["name"]!).Contains('/', StringComparison.Ordinal)
        && !Derived.Contains((string)resource["kind"]!, StringComparer.Ordinal)
        && resource["verbs"]!.AsArray().Any(verb => (string?)verb == "list");
}
