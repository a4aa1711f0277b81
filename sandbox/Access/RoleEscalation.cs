using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Access;

/// <summary>
/// Keeps users from giving what they have not: who writes a role must hold its rules (or the verb <c>escalate</c>), who writes a binding
/// those of its role (or the verb <c>bind</c>), as <c>pkg/registry/rbac/{clusterrole,clusterrolebinding}/policybased</c> does.
/// </summary>
public sealed class RoleEscalation
{
    private readonly RoleRules _rules;
    private readonly IAuthorizer _authorizer;

    /// <summary>Checks against a cluster's roles and bindings.</summary>
    public RoleEscalation(RoleRules rules, IAuthorizer authorizer) => (_rules, _authorizer) = (rules, authorizer);

    /// <summary>Checks an object about to be created or updated; anything that is no role or binding passes.</summary>
    /// <param name="user">Who writes.</param>
    /// <param name="group">API group.</param>
    /// <param name="resource">Plural resource.</param>
    /// <param name="ns">Namespace; null for cluster-scoped.</param>
    /// <param name="obj">The object as it would be stored.</param>
    /// <exception cref="ApiException">403 Forbidden: the rules exceed the user's.</exception>
    public void Check(UserInfo user, string group, string resource, string? ns, JsonObject obj)
    {
        ArgumentNullException.ThrowIfNull(user);
        ArgumentNullException.ThrowIfNull(obj);
        if (group != RoleRules.Group || user.Groups.Contains(Users.Masters, StringComparer.Ordinal))
        {
            return;
        }

        var name = obj["metadata"]?["name"]?.GetValue<string>() ?? "";
        var (verb, target, targetName, rules) = resource switch
        {
            "roles" or "clusterroles" => ("escalate", resource, name, _rules.OfRole(obj)),
            "rolebindings" or "clusterrolebindings" => Bound(obj, ns),
            _ => ("", "", "", []),
        };
        if (verb.Length == 0 || MayAnyway(user, verb, target, ns, targetName))
        {
            return;
        }

        var held = _rules.Of(user, ns).Select(g => g.Rule).OfType<PolicyRule>().ToList();
        var exceeding = rules.SelectMany(r => r.Singles()).Where(single => !held.Any(h => h.Covers(single))).ToList();
        if (exceeding.Count > 0)
        {
            throw Forbidden(user, resource, name, exceeding);
        }
    }

    private (string Verb, string Target, string Name, IReadOnlyList<PolicyRule> Rules) Bound(JsonObject binding, string? ns)
    {
        var kind = binding["roleRef"]?["kind"]?.GetValue<string>() ?? "";
        var name = binding["roleRef"]?["name"]?.GetValue<string>() ?? "";
        return (
            "bind",
            kind == "ClusterRole" ? "clusterroles" : "roles",
            name,
            _rules.OfRole(kind, ns, name)
                ?? throw new ApiException(404, "NotFound", $"{(kind == "ClusterRole" ? "clusterroles" : "roles")}.{RoleRules.Group} \"{name}\" not found")
        );
    }

    private bool MayAnyway(UserInfo user, string verb, string resource, string? ns, string name) =>
        _authorizer.Authorize(user, new RequestAttributes(verb, RoleRules.Group, "v1", resource, null, ns, name, "")).Allowed;

    private static ApiException Forbidden(UserInfo user, string resource, string name, IEnumerable<PolicyRule> exceeding) =>
        new(
            403,
            "Forbidden",
            $"{resource}.{RoleRules.Group} \"{name}\" is forbidden: user \"{user.Name}\" (groups=[{string.Join(' ', user.Groups.Select(g => $"\"{g}\""))}]) "
                + $"is attempting to grant RBAC permissions not currently held:\n{string.Join('\n', exceeding.Select(r => r.Describe()))}",
            new JsonObject
            {
                ["name"] = name,
                ["group"] = RoleRules.Group,
                ["kind"] = resource,
            }
        );
}
