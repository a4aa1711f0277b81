using System.Text.Json.Nodes;

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

    public static async Task<SortedDictionary<string, JsonObject>> OfAsync(ClusterView cluster)
    {
        var found = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
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
                    found[$"{resource["kind"]} {(metadata["namespace"] is { } ns ? $"{ns}/" : string.Empty)}{metadata["name"]}"] = item;
                }
            }
        }

        return found;
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
