using k8s.Models;

namespace Flyte.MultiCluster.Common.Kubernetes;

/// <summary>One thing that a user must be allowed to do.</summary>
/// <param name="Verb">The verb.</param>
/// <param name="Group">The API group, empty for core.</param>
/// <param name="Resource">The plural resource name.</param>
/// <param name="Namespace">The namespace; null for all of them or a cluster-scoped resource.</param>
public sealed record Access(string Verb, string Group, string Resource, string? Namespace)
{
    /// <summary>As <c>kubectl auth can-i</c> writes it: <c>create secrets -n flyte</c>.</summary>
    public override string ToString() =>
        $"{Verb} {Resource}{(Group.Length == 0 ? string.Empty : "." + Group)}{(Namespace is null ? string.Empty : " -n " + Namespace)}";
}

/// <summary>Who a credential is to an API server.</summary>
/// <param name="User">The user name; empty where the server gives none.</param>
/// <param name="Uid">The uid, a service account's own; null where the server gives none.</param>
public sealed record UserIdentity(string User, string? Uid);

/// <summary>Asks an API server who one is and what one may do.</summary>
public static class AccessReviews
{
    private static readonly Access Anything = new("*", "*", "*", null);

    /// <summary>Who the credential authenticates as (SelfSubjectReview).</summary>
    /// <exception cref="KubernetesApiException">The server refused the credential, or did not answer.</exception>
    public static async Task<UserIdentity> IdentityAsync(this ClusterApi api, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(api);
        var review = new V1SelfSubjectReview { ApiVersion = "authentication.k8s.io/v1", Kind = "SelfSubjectReview" };
        var answer = await api.ReviewAsync("/apis/authentication.k8s.io/v1/selfsubjectreviews", review, cancellationToken);
        return new UserIdentity(answer.Status?.UserInfo?.Username ?? string.Empty, answer.Status?.UserInfo?.Uid);
    }

    /// <summary>Those of the given accesses that the credential is missing, asked all at once (SelfSubjectAccessReview).</summary>
    /// <exception cref="KubernetesApiException">The server refused the question, or did not answer.</exception>
    public static async Task<IReadOnlyList<Access>> MissingPermissionsAsync(
        this ClusterApi api,
        IReadOnlyList<Access> wanted,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(api);
        var allowed = await Task.WhenAll(wanted.Select(access => IsAllowedAsync(api, access, cancellationToken)));
        return [.. wanted.Where((_, index) => !allowed[index])];
    }

    /// <summary>As <see cref="MissingPermissionsAsync"/>, with one question where the credential is an administrator's, who may do anything.</summary>
    /// <param name="api">The cluster.</param>
    /// <param name="wanted">Gets the accesses, where they have to be asked for.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="KubernetesApiException">The server refused the question, or did not answer.</exception>
    public static async Task<IReadOnlyList<Access>> MissingPermissionsUnlessAdministratorAsync(
        this ClusterApi api,
        Func<Task<IReadOnlyList<Access>>> wanted,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(wanted);
        return await IsAllowedAsync(api, Anything, cancellationToken) ? [] : await api.MissingPermissionsAsync(await wanted(), cancellationToken);
    }

    private static async Task<bool> IsAllowedAsync(ClusterApi api, Access access, CancellationToken cancellationToken)
    {
        var review = new V1SelfSubjectAccessReview
        {
            ApiVersion = "authorization.k8s.io/v1",
            Kind = "SelfSubjectAccessReview",
            Spec = new()
            {
                ResourceAttributes = new()
                {
                    Verb = access.Verb,
                    Group = access.Group,
                    Resource = access.Resource,
                    NamespaceProperty = access.Namespace,
                },
            },
        };
        var answer = await api.ReviewAsync("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review, cancellationToken);
        return answer.Status?.Allowed == true;
    }
}
