using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Flyte.MultiCluster.Sandbox.Access;

/// <summary>A cluster's own certificate authority and the certificates that it signed, ECDSA P-256, valid for ten years.</summary>
public sealed class ClusterCertificates : IDisposable
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    private readonly DateTimeOffset _from;
    private readonly DateTimeOffset _to;

    /// <summary>Makes a new authority and a server certificate for loopback.</summary>
    /// <param name="now">The time from which the certificates are valid (an hour is allowed for clocks that differ).</param>
    public ClusterCertificates(DateTimeOffset now)
    {
        _from = now.AddHours(-1);
        _to = now.AddYears(10);
        Authority = CreateAuthority();
        Server = Issue("CN=kube-apiserver", ServerAuthentication, ServerNames());
    }

    /// <summary>The authority, with its private key.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>The API server's certificate, with its private key: 127.0.0.1, ::1, localhost and the in-cluster names.</summary>
    public X509Certificate2 Server { get; }

    /// <summary>The authority's certificate as in a kubeconfig or in <c>kube-root-ca.crt</c>, PEM with a final line break.</summary>
    public string AuthorityPem => Pem(Authority);

    /// <summary>Signs a client certificate: what the API server takes as a user and its groups.</summary>
    /// <param name="user">The user name (CN).</param>
    /// <param name="groups">The groups (O).</param>
    public X509Certificate2 IssueClient(string user, params IReadOnlyList<string> groups)
    {
        var subject = new X500DistinguishedNameBuilder();
        foreach (var group in groups)
        {
            subject.AddOrganizationName(group);
        }

        subject.AddCommonName(user);
        return Issue(subject.Build(), ClientAuthentication, names: null);
    }

    /// <summary>A certificate as PEM with a final line break.</summary>
    public static string Pem(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return certificate.ExportCertificatePem() + "\n";
    }

    /// <summary>The certificate's private key as PEM (PKCS #8) with a final line break.</summary>
    public static string KeyPem(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        using var key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Server.Dispose();
        Authority.Dispose();
    }

    private X509Certificate2 CreateAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kubernetes", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(_from, _to);
    }

    private X509Certificate2 Issue(string subject, Oid usage, X509Extension? names) => Issue(new X500DistinguishedName(subject), usage, names);

    private X509Certificate2 Issue(X500DistinguishedName subject, Oid usage, X509Extension? names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([usage], false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Authority, includeKeyIdentifier: true, includeIssuerAndSerial: false)
        );
        if (names is not null)
        {
            request.CertificateExtensions.Add(names);
        }

        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7F;
        using var certificate = request.Create(Authority, _from, _to, serial);
        return certificate.CopyWithPrivateKey(key);
    }

    private static X509Extension ServerNames()
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        names.AddDnsName("localhost");
        names.AddDnsName("kubernetes");
        names.AddDnsName("kubernetes.default");
        names.AddDnsName("kubernetes.default.svc");
        names.AddDnsName("kubernetes.default.svc.cluster.local");
        return names.Build();
    }
}
