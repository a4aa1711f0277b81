using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Flyte.MultiCluster.Common.Flyte;

/// <summary>
/// Certificates as flyteadmin finds them in a PEM file (Go's encoding/pem and x509.CertPool.AppendCertsFromPEM): a block's first and last line
/// begin a line, and blocks that are no certificate are passed over in silence.
/// </summary>
public static class GoPem
{
    private const string Begin = "-----BEGIN CERTIFICATE-----";
    private const string End = "-----END CERTIFICATE-----";

    /// <summary>The certificates of a file; none where Go finds none. Owned by the caller.</summary>
    public static IReadOnlyList<X509Certificate2> Certificates(string pem)
    {
        ArgumentNullException.ThrowIfNull(pem);
        var found = new List<X509Certificate2>();
        var block = (List<string>?)null;
        foreach (var line in pem.Split('\n').Select(line => line.TrimEnd(' ', '\t', '\r')))
        {
            if (line == Begin)
            {
                block = [];
            }
            else if (line == End && block is not null)
            {
                if (Certificate(block) is { } certificate)
                    found.Add(certificate);
                block = null;
            }
            else
            {
                block?.Add(line);
            }
        }

        return found;
    }

    /// <summary>When each certificate of a file expires; none where Go finds none.</summary>
    /// <param name="pem">The file's content; null for none.</param>
    public static IReadOnlyList<DateTimeOffset> Ends(string? pem)
    {
        var ends = new List<DateTimeOffset>();
        foreach (var certificate in Certificates(pem ?? string.Empty))
        {
            ends.Add(new DateTimeOffset(certificate.NotAfter));
            certificate.Dispose();
        }

        return ends;
    }

    private static X509Certificate2? Certificate(List<string> lines)
    {
        try
        {
            return X509CertificateLoader.LoadCertificate(Convert.FromBase64String(string.Concat(lines)));
        }
        catch (Exception exception) when (exception is FormatException or CryptographicException)
        {
            return null;
        }
    }
}
