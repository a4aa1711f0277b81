using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Http;

namespace Flyte.MultiCluster.Tasks.Verification.Checks;

/// <summary>What an endpoint's TLS says of whose it is.</summary>
/// <param name="IsMeant">Whether the given CA signed its certificate; null where it does not answer.</param>
/// <param name="Failure">Why it does not answer; null where it does.</param>
internal sealed record EndpointProbe(bool? IsMeant, string? Failure)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Asks an API server, without a credential.</summary>
    /// <param name="endpoint">Its address, with or without a scheme.</param>
    /// <param name="authority">The CA certificates, PEM.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public static async Task<EndpointProbe> AskAsync(string endpoint, string authority, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        bool? isMeant = null;
        using var handler = HttpConnections.OverNetwork();
        handler.SslOptions = new SslClientAuthenticationOptions
        {
            // A name that the certificate does not carry is the credential's problem; here it is whose certificate it is.
            RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
                (isMeant = certificate is not null && IsSignedBy(authority, certificate, chain)).Value,
        };
        using var http = new HttpClient(handler) { Timeout = Patience };
        if (!Uri.TryCreate(endpoint.Contains("://", StringComparison.Ordinal) ? endpoint : $"https://{endpoint}", UriKind.Absolute, out var address))
            return new EndpointProbe(null, $"{endpoint} is not an address.");
        try
        {
            using var answer = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return new EndpointProbe(isMeant ?? false, null);
        }
        catch (Exception exception)
            when (exception is HttpRequestException or IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return isMeant is null && exception.GetBaseException() is not AuthenticationException
                ? new EndpointProbe(
                    null,
                    exception is OperationCanceledException
                        ? $"nothing within {Patience.TotalSeconds:0} s."
                        : $"{ConnectionFailure.Reason(exception)}{ConnectionFailure.Via(address)}."
                )
                : new EndpointProbe(isMeant ?? false, null);
        }
    }

    private static bool IsSignedBy(string authority, X509Certificate certificate, X509Chain? sent)
    {
        using var chain = new X509Chain();
        var roots = GoPem.Certificates(authority);
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots.ToArray());
        if (sent is not null)
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        using var server = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        var isSigned = chain.Build(server);
        foreach (var root in roots)
            root.Dispose();
        return isSigned;
    }
}
