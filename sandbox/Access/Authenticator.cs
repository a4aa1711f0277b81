using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Flyte.MultiCluster.Sandbox.Access;

/// <summary>
/// Authenticates by a client certificate of the cluster's own authority (CN is the user, each O a group) or a service account token.
/// A credential that does not count is 401, as in Kubernetes; a request without one is <c>system:anonymous</c>.
/// </summary>
public sealed class Authenticator : IAuthenticator
{
    private const string CommonName = "2.5.4.3";
    private const string Organization = "2.5.4.10";
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    private readonly X509Certificate2 _authority;
    private readonly ServiceAccountTokens _tokens;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, UserInfo> _known = new(StringComparer.Ordinal);

    /// <summary>Makes the authenticator of one cluster.</summary>
    /// <param name="authority">The certificate of the authority that signs client certificates.</param>
    /// <param name="tokens">The cluster's tokens.</param>
    /// <param name="time">The clock.</param>
    public Authenticator(X509Certificate2 authority, ServiceAccountTokens tokens, TimeProvider time) =>
        (_authority, _tokens, _time) = (authority, tokens, time);

    /// <inheritdoc/>
    public UserInfo? Authenticate(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Connection.ClientCertificate is { } certificate && FromCertificate(certificate) is { } user)
        {
            return user;
        }

        var header = context.Request.Headers.Authorization;
        return (header.Count, context.Connection.ClientCertificate) switch
        {
            (0, null) => Users.AnonymousUser,
            (1, _) => FromHeader(header[0] ?? ""),
            _ => null,
        };
    }

    private UserInfo? FromHeader(string header)
    {
        const string Scheme = "Bearer ";
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? _tokens.Accept(header[Scheme.Length..]) : null;
    }

    private UserInfo? FromCertificate(X509Certificate2 certificate)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        if (now < certificate.NotBefore.ToUniversalTime() || now >= certificate.NotAfter.ToUniversalTime())
        {
            return null;
        }

        var id = certificate.GetCertHashString(HashAlgorithmName.SHA256);
        if (_known.TryGetValue(id, out var known))
        {
            return known;
        }

        return IsSigned(certificate) && Read(certificate, id) is { } user ? _known.GetOrAdd(id, user) : null;
    }

    private bool IsSigned(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(ClientAuthentication);
        chain.ChainPolicy.VerificationTime = _time.GetUtcNow().LocalDateTime;
        return chain.Build(certificate);
    }

    private static UserInfo? Read(X509Certificate2 certificate, string id)
    {
        var names = certificate
            .SubjectName.EnumerateRelativeDistinguishedNames()
            .Where(part => !part.HasMultipleElements)
            .Select(part => (Type: part.GetSingleElementType().Value, Value: part.GetSingleElementValue() ?? ""))
            .ToList();
        var name = names.LastOrDefault(part => part.Type == CommonName).Value;
        return string.IsNullOrEmpty(name)
            ? null
            : Users.Named(
                name,
                "",
                names.Where(part => part.Type == Organization).Select(part => part.Value),
                new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { [Users.CredentialId] = [$"X509SHA256={id.ToLowerInvariant()}"] }
            );
    }
}
