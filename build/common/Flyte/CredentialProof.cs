using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Cake.Core.Diagnostics;
using Flyte.MultiCluster.Common.Http;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;

namespace Flyte.MultiCluster.Common.Flyte;

/// <summary>
/// Uses a credential exactly as flyteadmin will: at its endpoint, trusting its CA alone, with its token alone. A credential that fails here
/// would block every new flyteadmin pod.
/// </summary>
public static class CredentialProof
{
    /// <summary>Who the token must be.</summary>
    /// <param name="ns">Flyte's namespace.</param>
    public static string User(string ns) => $"system:serviceaccount:{ns}:{TokenSecret.ServiceAccount}";

    /// <summary>What flyteadmin does in a data plane.</summary>
    public static IReadOnlyList<Access> Needed { get; } =
    [
        new("create", "flyte.lyft.com", "flyteworkflows", null),
        new("delete", "flyte.lyft.com", "flyteworkflows", null),
        .. new[] { "namespaces", "serviceaccounts", "resourcequotas" }.SelectMany(resource =>
            new[] { "create", "get", "patch" }.Select(verb => new Access(verb, string.Empty, resource, null))
        ),
    ];

    /// <summary>Proves the credential.</summary>
    /// <param name="cluster">The data plane's name.</param>
    /// <param name="endpoint">The API server's address.</param>
    /// <param name="credential">The credential.</param>
    /// <param name="ns">Flyte's namespace.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <param name="log">Gets the requests at <c>--verbosity=diagnostic</c>; null for none.</param>
    /// <exception cref="InvalidOperationException">It does not work there, is somebody else's, or may not do what flyteadmin does.</exception>
    public static async Task ProveAsync(
        string cluster,
        string endpoint,
        ClusterCredential credential,
        string ns,
        CancellationToken cancellationToken,
        ICakeLog? log = null
    ) => Refuse(cluster, endpoint, await UseAsync(cluster, endpoint, credential, cancellationToken, log), ns);

    /// <summary>Asks with the credential who it is and what it may do.</summary>
    /// <param name="cluster">The data plane's name.</param>
    /// <param name="endpoint">The API server's address.</param>
    /// <param name="credential">The credential.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <param name="log">Gets the requests at <c>--verbosity=diagnostic</c>; null for none.</param>
    /// <exception cref="InvalidOperationException">It does not work there.</exception>
    public static async Task<ProvenCredential> UseAsync(
        string cluster,
        string endpoint,
        ClusterCredential credential,
        CancellationToken cancellationToken,
        ICakeLog? log = null
    )
    {
        ArgumentNullException.ThrowIfNull(credential);
        using var api = Open(cluster, endpoint, credential, log);
        try
        {
            var reviews = api.MissingPermissionsAsync(Needed, cancellationToken);
            var who = api.IdentityAsync(cancellationToken);
            await Task.WhenAll(who, reviews);
            return new ProvenCredential(await who, await reviews);
        }
        catch (KubernetesApiException exception) when (exception.Status == HttpStatusCode.Unauthorized)
        {
            throw new InvalidOperationException(
                $"The API server at {endpoint} does not accept the token of {cluster}. Check whether the endpoint belongs to another cluster. "
                    + $"If the token was revoked, {TargetNames.AddDataPlane} creates another one under a new name; if it was not, the cluster "
                    + "may have a new key for signing tokens: rotate the token as described in docs/operations.md.",
                exception
            );
        }
        catch (KubernetesApiException exception) when (exception.IsUnreachable)
        {
            throw new InvalidOperationException(
                $"{endpoint} cannot be used with the CA of {cluster}: {exception.ServerMessage.TrimEnd('.')}. Look at the data plane's endpoint in "
                    + "the fleet: it must be the address that flyteadmin can reach, with a name for which the API server's certificate is valid.",
                exception
            );
        }
    }

    /// <summary>Refuses a credential that works, and is somebody else's or may not do what flyteadmin does.</summary>
    /// <param name="cluster">The data plane's name.</param>
    /// <param name="endpoint">The API server's address.</param>
    /// <param name="proven">What was answered there.</param>
    /// <param name="ns">Flyte's namespace.</param>
    /// <exception cref="InvalidOperationException">It is not the one that is needed.</exception>
    public static void Refuse(string cluster, string endpoint, ProvenCredential proven, string ns)
    {
        ArgumentNullException.ThrowIfNull(proven);
        if (proven.Identity.User != User(ns))
            throw new InvalidOperationException(
                $"At {endpoint} the token of {cluster} has the caller identity {proven.Identity.User}, not {User(ns)}. Check whether the endpoint "
                    + "belongs to another cluster."
            );
        if (proven.MissingPermissions.Count > 0)
            throw new InvalidOperationException(
                $"flyteadmin's token is missing permissions: {string.Join(", ", proven.MissingPermissions)}. The chart's ClusterRole "
                    + $"{ns}-flyteadmin grants it; look at the data plane's values and at what changed that role."
            );
    }

    private static ClusterApi Open(string cluster, string endpoint, ClusterCredential credential, ICakeLog? log)
    {
        var authorities = Authorities(cluster, credential);
        var handler = HttpConnections.OverNetwork();
        handler.SslOptions = ServerCertificate.Checked(ClusterTrust.In(authorities));
        var http = new HttpClient(RequestLog.Of(handler, $"{cluster}, with its token", log)) { BaseAddress = Address(endpoint) };
        // All reviews on one connection, as flyteadmin's own client does it.
        http.DefaultRequestVersion = HttpVersion.Version20;
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            Encoding.ASCII.GetString(Convert.FromBase64String(credential.Token))
        );
        return new ClusterApi(cluster, http) { RequestTimeout = TimeSpan.FromSeconds(15) };
    }

    // client-go, and so flyteadmin, takes a host and port alone too.
    private static Uri Address(string endpoint) => new(endpoint.Contains("://", StringComparison.Ordinal) ? endpoint : $"https://{endpoint}");

    private static X509Certificate2Collection Authorities(string cluster, ClusterCredential credential)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(Encoding.ASCII.GetString(Convert.FromBase64String(credential.CaCertificate)));
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException)
        {
            throw new InvalidOperationException($"The CA certificate of {cluster} is not PEM.", exception);
        }

        return authorities.Count > 0 ? authorities : throw new InvalidOperationException($"The CA certificate of {cluster} is empty.");
    }
}

/// <summary>What an API server answered a credential.</summary>
/// <param name="Identity">Who it is there.</param>
/// <param name="MissingPermissions">What flyteadmin needs and it may not.</param>
public sealed record ProvenCredential(UserIdentity Identity, IReadOnlyList<Access> MissingPermissions);
