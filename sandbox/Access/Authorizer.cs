namespace Flyte.MultiCluster.Sandbox.Access;

/// <summary>RBAC, as <c>plugin/pkg/auth/authorizer/rbac/rbac.go</c> decides it, behind the bypass of <c>system:masters</c>.</summary>
public sealed class Authorizer : IAuthorizer
{
    private readonly RoleRules _rules;

    /// <summary>Decides by a cluster's roles and bindings.</summary>
    public Authorizer(RoleRules rules) => _rules = rules;

    /// <inheritdoc/>
    public Decision Authorize(UserInfo user, RequestAttributes request)
    {
        ArgumentNullException.ThrowIfNull(user);
        ArgumentNullException.ThrowIfNull(request);
        if (user.Groups.Contains(Users.Masters, StringComparer.Ordinal))
        {
            return new Decision(true, "");
        }

        var missing = new List<string>();
        foreach (var granted in _rules.Of(user, request.Resource is null ? null : request.Namespace))
        {
            if (granted.Rule is null)
            {
                missing.Add(granted.Source);
            }
            else if (granted.Rule.Allows(request))
            {
                return new Decision(true, $"RBAC: allowed by {granted.Source}");
            }
        }

        return new Decision(
            false,
            missing switch
            {
                [] => "",
                [var one] => $"RBAC: {one}",
                _ => $"RBAC: [{string.Join(", ", missing.Distinct(StringComparer.Ordinal))}]",
            }
        );
    }
}
