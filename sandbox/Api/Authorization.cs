using Flyte.MultiCluster.Sandbox.Access;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>Asks the authorizer and refuses in the API server's words.</summary>
internal static class Authorization
{
    /// <summary>Lets the request through, or throws.</summary>
    /// <exception cref="ApiException">403 Forbidden.</exception>
    public static void Require(IAuthorizer authorizer, ApiRequest request, string? verb = null)
    {
        RequestAttributes attributes = request.Attributes(verb);
        Decision decision = authorizer.Authorize(request.User, attributes);
        if (decision.Allowed)
            return;
        string resource = request.Subresource is null ? request.Plural : request.Plural + "/" + request.Subresource;
        string scope = request.Namespace is null ? "at the cluster scope" : $"in the namespace \"{request.Namespace}\"";
        string why =
            $"User \"{request.User.Name}\" cannot {attributes.Verb} resource \"{resource}\" in API group \"{request.Group}\" "
            + $"{scope}{(decision.Reason.Length > 0 ? ": " + decision.Reason : "")}";
        ResourceInfo named = new(request.Group, request.Version, request.Plural, "", "", request.Namespace is not null);
        throw Errors.Forbidden(named, request.Name ?? "", why);
    }
}
