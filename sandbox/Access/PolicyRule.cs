using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Access;

/// <summary>One rule of a Role or ClusterRole, matched as Kubernetes' <c>pkg/apis/rbac/v1/evaluation_helpers.go</c> does.</summary>
/// <param name="Verbs">Verbs; <c>*</c> is any.</param>
/// <param name="ApiGroups">API groups; <c>*</c> is any.</param>
/// <param name="Resources">Plural resources, <c>pods/log</c>, <c>*/scale</c>; <c>*</c> is any.</param>
/// <param name="ResourceNames">Object names; empty is any.</param>
/// <param name="NonResourceUrls">Paths; a final <c>*</c> is any rest.</param>
public sealed record PolicyRule(
    IReadOnlyList<string> Verbs,
    IReadOnlyList<string> ApiGroups,
    IReadOnlyList<string> Resources,
    IReadOnlyList<string> ResourceNames,
    IReadOnlyList<string> NonResourceUrls
)
{
    private const string Any = "*";

    /// <summary>Reads a rule.</summary>
    public static PolicyRule Read(JsonObject rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return new(
            Strings(rule, "verbs"),
            Strings(rule, "apiGroups"),
            Strings(rule, "resources"),
            Strings(rule, "resourceNames"),
            Strings(rule, "nonResourceURLs")
        );
    }

    /// <summary>The rule as in a role or a SelfSubjectRulesReview: what is empty is left out.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["verbs"] = Array(Verbs) };
        foreach (
            var (name, values) in new[]
            {
                ("apiGroups", ApiGroups),
                ("resources", Resources),
                ("resourceNames", ResourceNames),
                ("nonResourceURLs", NonResourceUrls),
            }
        )
        {
            if (values.Count > 0)
            {
                json[name] = Array(values);
            }
        }

        return json;
    }

    /// <summary>Whether the rule allows a request.</summary>
    public bool Allows(RequestAttributes request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!Has(Verbs, request.Verb))
        {
            return false;
        }

        return request.Resource is null
            ? NonResourceUrls.Any(url => UrlMatches(url, request.Path))
            : Has(ApiGroups, request.Group)
                && ResourceMatches(request.Resource, request.Subresource)
                && (ResourceNames.Count == 0 || ResourceNames.Contains(request.Name ?? "", StringComparer.Ordinal));
    }

    /// <summary>Whether this rule allows everything that another rule of one verb and one resource or path allows.</summary>
    /// <param name="single">One of <see cref="Singles"/>.</param>
    public bool Covers(PolicyRule single)
    {
        ArgumentNullException.ThrowIfNull(single);
        if (!Has(Verbs, single.Verbs[0]))
        {
            return false;
        }

        if (single.NonResourceUrls.Count > 0)
        {
            return NonResourceUrls.Any(url => UrlMatches(url, single.NonResourceUrls[0]));
        }

        var (resource, subresource) = Split(single.Resources[0]);
        return Has(ApiGroups, single.ApiGroups[0])
            && ResourceMatches(resource, subresource)
            && (ResourceNames.Count == 0 || (single.ResourceNames.Count > 0 && ResourceNames.Contains(single.ResourceNames[0], StringComparer.Ordinal)));
    }

    /// <summary>The rule as rules of one verb and one resource (and name) or path each.</summary>
    public IEnumerable<PolicyRule> Singles() =>
        (
            from verb in Verbs
            from grp in ApiGroups
            from resource in Resources
            from name in ResourceNames.DefaultIfEmpty("")
            select new PolicyRule([verb], [grp], [resource], name.Length == 0 ? [] : [name], [])
        ).Concat(from verb in Verbs from url in NonResourceUrls select new PolicyRule([verb], [], [], [], [url]));

    /// <summary>The rule in the API server's words: <c>{APIGroups:[""], Resources:["secrets"], Verbs:["get"]}</c>.</summary>
    public string Describe() =>
        "{"
        + string.Join(
            ", ",
            new[]
            {
                ("APIGroups", ApiGroups),
                ("Resources", Resources),
                ("ResourceNames", ResourceNames),
                ("NonResourceURLs", NonResourceUrls),
                ("Verbs", Verbs),
            }
                .Where(part => part.Item2.Count > 0)
                .Select(part => $"{part.Item1}:[{string.Join(", ", part.Item2.Select(v => $"\"{v}\""))}]")
        )
        + "}";

    private bool ResourceMatches(string resource, string? subresource)
    {
        var combined = string.IsNullOrEmpty(subresource) ? resource : $"{resource}/{subresource}";
        return Has(Resources, combined) || (!string.IsNullOrEmpty(subresource) && Resources.Contains($"*/{subresource}", StringComparer.Ordinal));
    }

    private static (string Resource, string? Subresource) Split(string resource) =>
        resource.Split('/', 2) is [var main, var sub] ? (main, sub) : (resource, null);

    private static bool Has(IReadOnlyList<string> values, string value) => values.Any(v => v == Any || v == value);

    private static bool UrlMatches(string url, string path) =>
        url == Any || url == path || (url.EndsWith('*') && path.StartsWith(url.TrimEnd('*'), StringComparison.Ordinal));

    private static JsonArray Array(IReadOnlyList<string> values) => new([.. values.Select(v => JsonValue.Create(v))]);

    private static List<string> Strings(JsonObject rule, string name) =>
        rule[name] is JsonArray values ? [.. values.OfType<JsonValue>().Select(v => v.TryGetValue<string>(out var text) ? text : "")] : [];
}
