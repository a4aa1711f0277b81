using System.Security.Cryptography.X509Certificates;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Access;

/// <summary>A cluster's keys: they outlive its objects, so that a reset leaves the kubeconfig valid.</summary>
public sealed class ClusterKeys : IDisposable
{
    /// <summary>Makes new keys.</summary>
    /// <param name="now">The time from which the certificates are valid.</param>
    public ClusterKeys(DateTimeOffset now)
    {
        Certificates = new ClusterCertificates(now);
        Administrator = Certificates.IssueClient("kubernetes-admin", Users.Masters);
        Tokens = new JsonWebTokens();
    }

    /// <summary>The authority and the server's certificate.</summary>
    public ClusterCertificates Certificates { get; }

    /// <summary>The client certificate of the kubeconfig's user, with its private key.</summary>
    public X509Certificate2 Administrator { get; }

    /// <summary>The signing key of service account tokens.</summary>
    public JsonWebTokens Tokens { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Tokens.Dispose();
        Administrator.Dispose();
        Certificates.Dispose();
    }
}

/// <summary>Who may do what in one cluster, put together on its objects.</summary>
public sealed class ClusterAccess
{
    /// <summary>Puts it together.</summary>
    /// <param name="keys">The cluster's keys.</param>
    /// <param name="store">The cluster's objects.</param>
    /// <param name="time">The clock.</param>
    public ClusterAccess(ClusterKeys keys, IObjectStore store, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var tokens = new ServiceAccountTokens(store, keys.Tokens, time);
        var rules = new RoleRules(store);
        Authorizer = new Authorizer(rules);
        Authenticator = new ImpersonatingAuthenticator(new Authenticator(keys.Certificates.Authority, tokens, time), Authorizer);
        Escalation = new RoleEscalation(rules, Authorizer);
        Reviews = new Reviews(store, tokens, new AccessReviews(Authorizer, rules), keys.Certificates.AuthorityPem, time);
    }

    /// <summary>Who sent a request.</summary>
    public IAuthenticator Authenticator { get; }

    /// <summary>Whether somebody may do something.</summary>
    public IAuthorizer Authorizer { get; }

    /// <summary>Whether somebody may write a role or binding.</summary>
    public RoleEscalation Escalation { get; }

    /// <summary>The review resources.</summary>
    public IReviews Reviews { get; }
}
