using System.Formats.Asn1;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Flyte.MultiCluster.Common.Http;

/// <summary>Says what is wrong with a server's certificate in the words of kubectl and helm, in place of .NET's names for it.</summary>
public static class ServerCertificate
{
    /// <summary>What the message of a name that the certificate does not carry begins with.</summary>
    public const string WrongName = "certificate is valid for ";

    /// <summary>TLS that checks a server's certificate.</summary>
    /// <param name="policy">Which CAs to trust, and how; null for the machine's.</param>
    public static SslClientAuthenticationOptions Checked(X509ChainPolicy? policy) =>
        new() { CertificateChainPolicy = policy, RemoteCertificateValidationCallback = Check };

    /// <summary>Accepts a certificate in which TLS found nothing wrong.</summary>
    /// <exception cref="AuthenticationException">Something is wrong with it; the message says what.</exception>
    public static bool Check(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        errors == SslPolicyErrors.None
            ? true
            : throw new AuthenticationException(
                Explain(certificate as X509Certificate2, chain, errors, (sender as SslStream)?.TargetHostName ?? "this server")
            );

    private static string Explain(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors, string host)
    {
        if (certificate is null)
            return "the server sent no certificate.";
        var status = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status) ?? X509ChainStatusFlags.NoError;
        if (status.HasFlag(X509ChainStatusFlags.NotTimeValid) && Expired(chain!) is { } expired)
            return $"the certificate '{expired.Subject}' "
                + $"{CertificateDates.Explain(new DateTimeOffset(expired.NotBefore), new DateTimeOffset(expired.NotAfter))}.";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return $"{WrongName}{Names(certificate)}, not {host}.";
        return (status & ~(X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot)) == X509ChainStatusFlags.NoError
            ? $"certificate signed by unknown authority ('{certificate.Issuer}')."
            : $"the certificate '{certificate.Subject}' cannot be verified: {status}.";
    }

    private static X509Certificate2? Expired(X509Chain chain) =>
        chain.ChainElements.Select(element => element.Certificate).FirstOrDefault(one => DateTime.Now < one.NotBefore || DateTime.Now > one.NotAfter);

    private static string Names(X509Certificate2 certificate)
    {
        try
        {
            var names = certificate
                .Extensions.OfType<X509SubjectAlternativeNameExtension>()
                .SelectMany(extension => extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(address => address.ToString())))
                .ToArray();
            return names.Length == 0 ? "no name at all" : string.Join(", ", names.Take(10)) + (names.Length > 10 ? ", …" : string.Empty);
        }
        catch (Exception exception) when (exception is AsnContentException or System.Security.Cryptography.CryptographicException)
        {
            return "names that cannot be read";
        }
    }
}
