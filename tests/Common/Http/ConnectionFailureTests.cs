using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Flyte.MultiCluster.Common.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Http;

/// <summary>Why a server gave no answer, in the words of the field.</summary>
internal sealed class ConnectionFailureTests
{
    [TestCase(SocketError.ConnectionRefused, "connection refused")]
    [TestCase(SocketError.ConnectionReset, "connection reset by peer")]
    [TestCase(SocketError.HostNotFound, "no such host")]
    [TestCase(SocketError.TryAgain, "no such host")]
    [TestCase(SocketError.TimedOut, "connection timed out")]
    [TestCase(SocketError.NetworkUnreachable, "no route to host")]
    public void A_sockets_failure_is_said_as_kubectl_says_it(SocketError error, string words) =>
        Assert.That(
            ConnectionFailure.Explain(new HttpRequestException("x", new SocketException((int)error)), new Uri("https://10.0.0.1:6443/k8s/")),
            Is.EqualTo($"{words} at https://10.0.0.1:6443/k8s")
        );

    [Test]
    public void A_server_without_TLS_is_said_to_be_one() =>
        Assert.That(
            ConnectionFailure.Reason(
                new HttpRequestException("x", new AuthenticationException("Cannot determine the frame size or a corrupted frame was received."))
            ),
            Is.EqualTo("the server does not speak TLS")
        );

    [Test]
    public void A_proxy_that_refuses_is_said_with_its_status() =>
        Assert.That(
            ConnectionFailure.Reason(new HttpRequestException(HttpRequestError.ProxyTunnelError, "x", null, HttpStatusCode.Forbidden)),
            Is.EqualTo("the proxy refused with 403")
        );

    [Test]
    public async Task A_certificate_of_another_CA_is_signed_by_an_unknown_authority()
    {
        using var other = Certificate("CN=other", 1);

        Assert.That(await WhyAsync(Certificate("CN=server", 1), other), Is.EqualTo("certificate signed by unknown authority ('CN=server')"));
    }

    [Test]
    public async Task A_certificate_without_the_name_says_which_it_carries()
    {
        var server = Certificate("CN=server", 1);

        Assert.That(await WhyAsync(server, server, "localhost"), Is.EqualTo("certificate is valid for api.example, 127.0.0.1, not localhost"));
    }

    [Test]
    public async Task An_expired_certificate_says_so_with_its_date()
    {
        var server = Certificate("CN=server", -1);

        Assert.That(
            await WhyAsync(server, server),
            Is.EqualTo($"the certificate 'CN=server' expired on {server.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC")
        );
    }

    private static X509Certificate2 Certificate(string subject, int days)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("api.example");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-3), DateTimeOffset.UtcNow.AddDays(days));
    }

    private static async Task<string> WhyAsync(X509Certificate2 server, X509Certificate2 trusted, string host = "127.0.0.1")
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(server)));
        await using var application = builder.Build();
        application.Run(context => context.Response.WriteAsync("ok"));
        await application.StartAsync();
        using var handler = HttpConnections.OverNetwork();
        handler.SslOptions = ServerCertificate.Checked(
            new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                CustomTrustStore = { trusted },
            }
        );
        using var http = new HttpClient(handler);
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() =>
            http.GetStringAsync(new Uri($"https://{host}:{new Uri(application.Urls.Single()).Port}/"))
        );
        return ConnectionFailure.Reason(failure!);
    }
}
