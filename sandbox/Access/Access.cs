using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Access;

/// <summary>Who sent a request, as authentication found out.</summary>
/// <param name="Name">The user name, <c>system:serviceaccount:flyte:flyteadmin</c>.</param>
/// <param name="Uid">The user's uid, empty when there is none.</param>
/// <param name="Groups">The groups, <c>system:authenticated</c> among them.</param>
/// <param name="Extra">Extra attributes, <c>authentication.kubernetes.io/credential-id</c>.</param>
public sealed record UserInfo(string Name, string Uid, IReadOnlyList<string> Groups, IReadOnlyDictionary<string, IReadOnlyList<string>> Extra);

/// <summary>What a request wants, in RBAC's terms.</summary>
/// <param name="Verb">get, list, watch, create, update, patch, delete, deletecollection; lower-case HTTP method for non-resource paths.</param>
/// <param name="Group">API group, empty for core.</param>
/// <param name="Version">API version.</param>
/// <param name="Resource">Plural resource; null for a non-resource path.</param>
/// <param name="Subresource">Subresource, or null.</param>
/// <param name="Namespace">Namespace, or null.</param>
/// <param name="Name">Object name, or null.</param>
/// <param name="Path">The path, for non-resource requests.</param>
public sealed record RequestAttributes(
    string Verb,
    string Group,
    string Version,
    string? Resource,
    string? Subresource,
    string? Namespace,
    string? Name,
    string Path
);

/// <summary>An authorizer's answer.</summary>
/// <param name="Allowed">Whether the request may go on.</param>
/// <param name="Reason">Why, in the API server's words; empty when there is nothing to say.</param>
public sealed record Decision(bool Allowed, string Reason);

/// <summary>Authenticates requests: client certificates and service account tokens.</summary>
public interface IAuthenticator
{
    /// <summary>Who sent it; null means 401 Unauthorized; no credential at all is <c>system:anonymous</c>.</summary>
    UserInfo? Authenticate(HttpContext context);
}

/// <summary>Decides by the Roles, ClusterRoles and bindings that the cluster's store holds.</summary>
public interface IAuthorizer
{
    /// <summary>Whether the user may do it.</summary>
    Decision Authorize(UserInfo user, RequestAttributes request);
}

/// <summary>Refuses an object about to be written, by throwing.</summary>
/// <param name="user">Who writes.</param>
/// <param name="group">API group.</param>
/// <param name="resource">Plural resource.</param>
/// <param name="ns">Namespace; null for cluster-scoped.</param>
/// <param name="obj">The object as it would be stored.</param>
/// <exception cref="Store.ApiException">403 Forbidden.</exception>
public delegate void Admission(UserInfo user, string group, string resource, string? ns, JsonObject obj);

/// <summary>Answers the create-only review resources of authentication.k8s.io and authorization.k8s.io, and TokenRequest.</summary>
public interface IReviews
{
    /// <summary>Answers a posted SelfSubjectReview, SelfSubjectAccessReview, SelfSubjectRulesReview, SubjectAccessReview, LocalSubjectAccessReview or
    /// TokenReview.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="body">The posted object.</param>
    /// <param name="user">Who asks.</param>
    JsonObject Review(string kind, JsonObject body, UserInfo user);

    /// <summary>Answers <c>POST …/serviceaccounts/NAME/token</c>.</summary>
    JsonObject RequestToken(string ns, string serviceAccount, JsonObject body);

    /// <summary>The long-lived token of a service account token Secret, signed by this cluster.</summary>
    string SecretToken(string ns, string serviceAccount, string serviceAccountUid, string secretName);

    /// <summary>The cluster's CA certificate, PEM.</summary>
    string CaCertificatePem { get; }
}
