using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cake.Core.IO;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Tests.Common.Values;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using NSubstitute;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.FlyteAdmin;

/// <summary>Connections to a FlyteAdmin over TLS.</summary>
internal sealed class FlyteAdminTransportTests
{
    private WebApplication _server = null!;
    private TemporaryFolder _folder = null!;
    private string _caFile = null!;
    private int _port;
    private string _protocol = string.Empty;
    private Func<HttpContext, Task> _answer = null!;

    [OneTimeSetUp]
    public async Task Serve()
    {
        _folder = new TemporaryFolder();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        _caFile = _folder.Write("ca.pem", certificate.ExportCertificatePem());
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        _server = builder.Build();
        _server.Run(context => _answer(context));
        await _server.StartAsync();
        _port = new Uri(_server.Urls.Single()).Port;
    }

    [OneTimeTearDown]
    public async Task End()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [SetUp]
    public void Answer() =>
        _answer = context =>
        {
            _protocol = context.Request.Protocol;
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync("""{"domains":[{"id":"development"}]}""");
        };

    [Test]
    public async Task The_CA_file_is_trusted_and_HTTP2_is_spoken()
    {
        using var client = Open("127.0.0.1", _caFile);

        Assert.That((await client.DomainsAsync(default), _protocol), Is.EqualTo((new[] { "development" }, "HTTP/2")));
    }

    [Test]
    public void A_certificate_of_another_CA_is_refused()
    {
        using var client = Open("127.0.0.1", null);

        Assert.That(
            () => client.DomainsAsync(default),
            Throws.TypeOf<FlyteAdminException>().With.Message.Contains("certificate").And.Message.Contains("flyteAdmin.caFile")
        );
    }

    [Test]
    public void A_certificate_of_another_name_is_refused()
    {
        using var client = Open("localhost", _caFile);

        Assert.That(
            () => client.DomainsAsync(default),
            Throws
                .TypeOf<FlyteAdminException>()
                .With.Message.Contains($"certificate is valid for 127.0.0.1, not localhost at https://localhost:{_port}.")
                .And.Message.EndsWith("Use an address for which its certificate is valid.")
        );
    }

    [Test]
    public async Task An_answer_that_breaks_off_is_asked_for_again()
    {
        var (whole, tries) = (_answer, 0);
        _answer = async context =>
        {
            if (Interlocked.Increment(ref tries) > 1)
            {
                await whole(context);
                return;
            }

            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("""{"domains":[""");
            await context.Response.Body.FlushAsync();
            context.Abort();
        };
        using var client = Open("127.0.0.1", _caFile);

        Assert.That((await client.DomainsAsync(default), tries), Is.EqualTo((new[] { "development" }, 2)));
    }

    [Test]
    public async Task Many_calls_run_at_once()
    {
        var (whole, waiting, all) = (_answer, 0, new TaskCompletionSource());
        _answer = async context =>
        {
            if (Interlocked.Increment(ref waiting) == 32)
                all.SetResult();
            await all.Task;
            await whole(context);
        };
        using var client = Open("127.0.0.1", _caFile);

        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => client.DomainsAsync(default))).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.That(answers, Has.Length.EqualTo(32));
    }

    private IFlyteAdmin Open(string host, string? caFile) =>
        FlyteAdminClient.Open(new FlyteAdminSettings { Endpoint = new Uri($"https://{host}:{_port}"), CaFile = caFile }, Substitute.For<IProcessRunner>());
}
