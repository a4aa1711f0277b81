using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Access;

/// <summary>Lets a user who may <c>impersonate</c> act as somebody else (<c>kubectl --as</c>, the <c>Impersonate-*</c> headers).</summary>
public sealed class ImpersonatingAuthenticator : IAuthenticator
{
    private const string ExtraPrefix = "Impersonate-Extra-";

    private readonly IAuthenticator _inner;
    private readonly IAuthorizer _authorizer;

    /// <summary>Wraps an authenticator.</summary>
    public ImpersonatingAuthenticator(IAuthenticator inner, IAuthorizer authorizer) => (_inner, _authorizer) = (inner, authorizer);

    /// <inheritdoc/>
    /// <exception cref="ApiException">403 Forbidden: the user may not; 400 BadRequest: headers without a user.</exception>
    public UserInfo? Authenticate(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var headers = context.Request.Headers;
        var wanted = headers.Keys.Where(name => name.StartsWith("Impersonate-", StringComparison.OrdinalIgnoreCase)).ToList();
        var user = _inner.Authenticate(context);
        if (user is null || wanted.Count == 0)
        {
            return user;
        }

        var name = headers["Impersonate-User"].ToString();
        if (name.Length == 0)
        {
            throw new ApiException(400, "BadRequest", $"requested [{string.Join(' ', wanted)}] without impersonating a user");
        }

        var groups = headers["Impersonate-Group"].Select(g => g ?? "").ToList();
        var uid = headers["Impersonate-Uid"].ToString();
        var account = ServiceAccountOf(name);
        if (account is { } own)
        {
            Require(user, "", "serviceaccounts", own.Namespace, own.Name);
        }
        else
        {
            Require(user, "", "users", null, name);
        }

        groups.ForEach(g => Require(user, "", "groups", null, g));
        if (uid.Length > 0)
        {
            Require(user, "authentication.k8s.io", "uids", null, uid);
        }

        var extra = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var header in wanted.Where(h => h.StartsWith(ExtraPrefix, StringComparison.OrdinalIgnoreCase)))
        {
            var key = Uri.UnescapeDataString(header[ExtraPrefix.Length..]).ToLowerInvariant();
            extra[key] = [.. headers[header].Select(v => v ?? "")];
            foreach (var value in extra[key])
            {
                Require(user, "authentication.k8s.io", "userextras", null, value, key);
            }
        }

        return account is { } impersonated && groups.Count == 0 ? Users.ServiceAccount(impersonated.Namespace, impersonated.Name, uid, extra)
            : name == Users.Anonymous ? Users.AnonymousUser
            : Users.Named(name, uid, groups, extra);
    }

    private void Require(UserInfo user, string group, string resource, string? ns, string name, string? subresource = null)
    {
        var decision = _authorizer.Authorize(user, new RequestAttributes("impersonate", group, "v1", resource, subresource, ns, name, ""));
        if (!decision.Allowed)
        {
            var scope = ns is null ? "at the cluster scope" : $"in the namespace \"{ns}\"";
            throw new ApiException(
                403,
                "Forbidden",
                $"{resource}{(group.Length > 0 ? "." + group : "")} \"{name}\" is forbidden: User \"{user.Name}\" cannot impersonate resource \"{resource}\" "
                    + $"in API group \"{group}\" {scope}{(decision.Reason.Length > 0 ? ": " + decision.Reason : "")}"
            );
        }
    }

    private static (string Namespace, string Name)? ServiceAccountOf(string user) =>
        user.Split(':') is ["system", "serviceaccount", { Length: > 0 } ns, { Length: > 0 } name] ? (ns, name) : null;
}
