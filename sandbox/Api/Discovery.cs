using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>Makes discovery documents.</summary>
internal static class Discovery
{
    private static readonly string[] Fixed = ["/api", "/api/v1", "/apis", "/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version"];

    /// <summary>apidiscovery.k8s.io APIGroupDiscoveryList.</summary>
    public static JsonObject Aggregated(IEnumerable<ResourceInfo> resources, string version)
    {
        JsonArray items = [];
        foreach (IGrouping<string, ResourceInfo> group in resources.GroupBy(r => r.Group))
        {
            JsonArray versions = [];
            foreach (IGrouping<string, ResourceInfo> v in group.GroupBy(r => r.Version))
                versions.Add(
                    new JsonObject
                    {
                        ["version"] = v.Key,
                        ["resources"] = new JsonArray([.. v.OrderBy(r => r.Plural, StringComparer.Ordinal).Select(AggregatedResource)]),
                        ["freshness"] = "Current",
                    }
                );
            items.Add(new JsonObject { ["metadata"] = group.Key.Length == 0 ? [] : new JsonObject { ["name"] = group.Key }, ["versions"] = versions });
        }
        return new()
        {
            ["kind"] = "APIGroupDiscoveryList",
            ["apiVersion"] = "apidiscovery.k8s.io/" + version,
            ["metadata"] = new JsonObject(),
            ["items"] = items,
        };
    }

    /// <summary>APIVersions.</summary>
    public static JsonObject CoreVersions() =>
        new()
        {
            ["kind"] = "APIVersions",
            ["versions"] = new JsonArray("v1"),
            ["serverAddressByClientCIDRs"] = new JsonArray(new JsonObject { ["clientCIDR"] = "0.0.0.0/0", ["serverAddress"] = "127.0.0.1" }),
        };

    /// <summary>APIGroupList.</summary>
    public static JsonObject Groups(IReadOnlyList<ResourceInfo> all) =>
        new()
        {
            ["kind"] = "APIGroupList",
            ["apiVersion"] = "v1",
            ["groups"] = new JsonArray([.. all.Where(r => r.Group.Length > 0).GroupBy(r => r.Group).Select(g => Group(g.Key, g.Select(r => r.Version)))]),
        };

    /// <summary>APIGroup; null when it is not served.</summary>
    public static JsonObject? Group(IReadOnlyList<ResourceInfo> all, string group)
    {
        List<string> versions = [.. all.Where(r => r.Group == group).Select(r => r.Version)];
        if (versions.Count == 0)
            return null;
        JsonObject json = Group(group, versions);
        json.Insert(0, "kind", "APIGroup");
        json.Insert(1, "apiVersion", "v1");
        return json;
    }

    /// <summary>APIResourceList; null when the group version is not served.</summary>
    public static JsonObject? Resources(IReadOnlyList<ResourceInfo> all, string group, string version)
    {
        JsonArray resources = [];
        foreach (ResourceInfo r in all.Where(r => r.Group == group && r.Version == version).OrderBy(r => r.Plural, StringComparer.Ordinal))
        {
            resources.Add(Resource(r));
            foreach (SubresourceInfo s in r.Subresources)
                resources.Add(Subresource(r, s));
        }
        return resources.Count == 0 ? null : ResourceList(group.Length == 0 ? version : $"{group}/{version}", resources);
    }

    // The core list has no apiVersion: it was there before lists had one.
    private static JsonObject ResourceList(string groupVersion, JsonArray resources) =>
        groupVersion == "v1"
            ? new()
            {
                ["kind"] = "APIResourceList",
                ["groupVersion"] = groupVersion,
                ["resources"] = resources,
            }
            : new()
            {
                ["kind"] = "APIResourceList",
                ["apiVersion"] = "v1",
                ["groupVersion"] = groupVersion,
                ["resources"] = resources,
            };

    /// <summary>The paths that <c>/</c> lists.</summary>
    public static JsonObject Paths(IReadOnlyList<ResourceInfo> all)
    {
        IEnumerable<string> groups = all.Where(r => r.Group.Length > 0).Select(r => r.Group).Distinct(StringComparer.Ordinal);
        IEnumerable<string> versions = all.Where(r => r.Group.Length > 0).Select(r => r.ApiVersion).Distinct(StringComparer.Ordinal);
        return new()
        {
            ["paths"] = new JsonArray([
                .. groups.Concat(versions).Select(p => "/apis/" + p).Concat(Fixed).Order(StringComparer.Ordinal).Select(p => (JsonNode)p),
            ]),
        };
    }

    private static JsonObject Group(string name, IEnumerable<string> versions)
    {
        JsonArray served = [.. versions.Distinct(StringComparer.Ordinal).Select(v => new JsonObject { ["groupVersion"] = $"{name}/{v}", ["version"] = v })];
        return new()
        {
            ["name"] = name,
            ["versions"] = served,
            ["preferredVersion"] = served[0]!.DeepClone(),
        };
    }

    private static JsonObject AggregatedResource(ResourceInfo r)
    {
        JsonObject json = new()
        {
            ["resource"] = r.Plural,
            ["responseKind"] = ResponseKind(r.IsCustom ? r.Group : "", r.IsCustom ? r.Version : "", r.Kind),
            ["scope"] = r.Namespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = r.Singular,
            ["verbs"] = Strings(r.Verbs),
        };
        if (r.ShortNames.Count > 0)
            json["shortNames"] = Strings(r.ShortNames);
        if (r.Categories.Count > 0)
            json["categories"] = Strings(r.Categories);
        if (r.Subresources.Count > 0)
        {
            json["subresources"] = new JsonArray([
                .. r.Subresources.Select(s => new JsonObject
                {
                    ["subresource"] = s.Name,
                    ["responseKind"] = ResponseKind(
                        s.Group == r.Group && !r.IsCustom ? "" : s.Group,
                        s.Group == r.Group && !r.IsCustom ? "" : s.Version,
                        s.Kind
                    ),
                    ["verbs"] = Strings(s.Verbs),
                }),
            ]);
        }
        return json;
    }

    private static JsonObject ResponseKind(string group, string version, string kind) =>
        new()
        {
            ["group"] = group,
            ["version"] = version,
            ["kind"] = kind,
        };

    private static JsonObject Resource(ResourceInfo r)
    {
        JsonObject json = new()
        {
            ["name"] = r.Plural,
            ["singularName"] = r.Singular,
            ["namespaced"] = r.Namespaced,
            ["kind"] = r.Kind,
            ["verbs"] = Strings(r.Verbs),
        };
        if (r.ShortNames.Count > 0)
            json["shortNames"] = Strings(r.ShortNames);
        if (r.Categories.Count > 0)
            json["categories"] = Strings(r.Categories);
        return json;
    }

    private static JsonObject Subresource(ResourceInfo r, SubresourceInfo s)
    {
        JsonObject json = new()
        {
            ["name"] = $"{r.Plural}/{s.Name}",
            ["singularName"] = "",
            ["namespaced"] = r.Namespaced,
        };
        if (s.Group != r.Group)
        {
            json["group"] = s.Group;
            json["version"] = s.Version;
        }
        json["kind"] = s.Kind;
        json["verbs"] = Strings(s.Verbs);
        return json;
    }

    private static JsonArray Strings(IEnumerable<string> strings) => [.. strings.Select(s => (JsonNode)s)];
}
