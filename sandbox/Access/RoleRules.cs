using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Access;

/// <summary>A rule that a user has, or a binding that leads to no role.</summary>
/// <param name="Rule">The rule; null when the role is missing.</param>
/// <param name="Source">Which binding gives it, in the API server's words; the error when the role is missing.</param>
public sealed record GrantedRule(PolicyRule? Rule, string Source);

/// <summary>Finds the rules that bindings give to users, as Kubernetes' <c>pkg/registry/rbac/validation/rule.go</c> does.</summary>
public sealed class RoleRules
{
    /// <summary>The API group of roles and bindings.</summary>
    public const string Group = "rbac.authorization.k8s.io";

    private readonly IObjectStore _store;

    /// <summary>Reads roles and bindings from a cluster's objects, anew at each question.</summary>
    public RoleRules(IObjectStore store) => _store = store;

    /// <summary>Everything that a user has: cluster-wide, and in a namespace unless it is null or empty.</summary>
    public IEnumerable<GrantedRule> Of(UserInfo user, string? ns)
    {
        ArgumentNullException.ThrowIfNull(user);
        var bindings = _store.List(Group, "clusterrolebindings").Select(binding => (binding, Namespace: ""));
        if (!string.IsNullOrEmpty(ns))
        {
            bindings = bindings.Concat(_store.List(Group, "rolebindings", ns).Select(binding => (binding, Namespace: ns)));
        }

        return bindings.SelectMany(b => Granted(b.binding, b.Namespace, user));
    }

    /// <summary>The rules of a role; null when there is no such role.</summary>
    /// <param name="kind">Role or ClusterRole.</param>
    /// <param name="ns">The binding's namespace, for a Role.</param>
    /// <param name="name">The role's name.</param>
    public IReadOnlyList<PolicyRule>? OfRole(string kind, string? ns, string name)
    {
        var role = kind == "ClusterRole" ? _store.Get(Group, "clusterroles", null, name) : _store.Get(Group, "roles", ns, name);
        return role is null ? null : OfRole(role);
    }

    /// <summary>The rules of a role as stored; a ClusterRole with an aggregationRule has those of the roles that it selects.</summary>
    public IReadOnlyList<PolicyRule> OfRole(JsonObject role) => [.. Collect(role, [])];

    private IEnumerable<GrantedRule> Granted(JsonObject binding, string ns, UserInfo user)
    {
        if (Objects(binding["subjects"]).FirstOrDefault(s => AppliesTo(s, user, ns)) is not { } subject || binding["roleRef"] is not JsonObject reference)
        {
            return [];
        }

        var (kind, name) = (Text(reference, "kind"), Text(reference, "name"));
        if (OfRole(kind, ns, name) is not { } rules)
        {
            return [new GrantedRule(null, $"{kind.ToLowerInvariant()}.{Group} \"{name}\" not found")];
        }

        var bindingName = Text(binding["metadata"] as JsonObject, "name");
        var source =
            ns.Length == 0
                ? $"ClusterRoleBinding \"{bindingName}\" of {kind} \"{name}\" to {Describe(subject, ns)}"
                : $"RoleBinding \"{bindingName}/{ns}\" of {kind} \"{name}\" to {Describe(subject, ns)}";
        return rules.Select(rule => new GrantedRule(rule, source));
    }

    private IEnumerable<PolicyRule> Collect(JsonObject role, HashSet<string> seen)
    {
        if (Objects((role["aggregationRule"] as JsonObject)?["clusterRoleSelectors"]).ToList() is not { Count: > 0 } selectors)
        {
            return Objects(role["rules"]).Select(PolicyRule.Read);
        }

        var name = Text(role["metadata"] as JsonObject, "name");
        return !seen.Add(name)
            ? []
            : _store
                .List(Group, "clusterroles")
                .Where(r => Text(r["metadata"] as JsonObject, "name") != name && selectors.Any(s => Selects(s, r)))
                .SelectMany(r => Collect(r, seen));
    }

    private static bool Selects(JsonObject selector, JsonObject role)
    {
        var labels = role["metadata"]?["labels"] as JsonObject;
        return selector["matchLabels"] is not JsonObject wanted || wanted.All(label => Text(labels, label.Key) == (label.Value?.GetValue<string>() ?? ""));
    }

    private static bool AppliesTo(JsonObject subject, UserInfo user, string bindingNamespace) =>
        Text(subject, "kind") switch
        {
            "User" => Text(subject, "name") == user.Name,
            "Group" => user.Groups.Contains(Text(subject, "name"), StringComparer.Ordinal),
            "ServiceAccount" => Namespace(subject, bindingNamespace) is { Length: > 0 } ns && Users.ServiceAccountName(ns, Text(subject, "name")) == user.Name,
            _ => false,
        };

    private static string Describe(JsonObject subject, string bindingNamespace) =>
        Text(subject, "kind") == "ServiceAccount"
            ? $"ServiceAccount \"{Text(subject, "name")}/{Namespace(subject, bindingNamespace)}\""
            : $"{Text(subject, "kind")} \"{Text(subject, "name")}\"";

    private static string Namespace(JsonObject subject, string bindingNamespace) => Text(subject, "namespace") is { Length: > 0 } ns ? ns : bindingNamespace;

    private static IEnumerable<JsonObject> Objects(JsonNode? array) => array is JsonArray list ? list.OfType<JsonObject>() : [];

    private static string Text(JsonObject? json, string key) => json?[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";
}
