using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Flyte;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Flyte;

/// <summary>A credential is used, over TLS, before it is stored.</summary>
internal sealed class CredentialProofTests
{
    private const string Token = "secret-token";

    private WebApplication _server = null!;
    private string _ca = null!;
    private string _endpoint = null!;
    private string _user = null!;
    private string _denied = null!;

    [OneTimeSetUp]
    public async Task Serve()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        _ca = certificate.ExportCertificatePem();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        _server = builder.Build();
        _server.Run(AnswerAsync);
        await _server.StartAsync();
        _endpoint = _server.Urls.Single();
    }

    [OneTimeTearDown]
    public async Task End() => await _server.DisposeAsync();

    [SetUp]
    public void Allow() => (_user, _denied) = ("system:serviceaccount:flyte:flyteadmin", "none");

    [Test]
    public void A_credential_that_works_is_proven() => Assert.That(() => ProveAsync(_endpoint), Throws.Nothing);

    [Test]
    public void An_endpoint_without_a_scheme_is_taken_as_client_go_takes_it() => Assert.That(() => ProveAsync(_endpoint["https://".Length..]), Throws.Nothing);

    [Test]
    public void A_path_of_the_endpoint_is_used() => Assert.That(() => ProveAsync($"{_endpoint}/k8s/clusters/c-1"), Throws.Nothing);

    [Test]
    public void Somebody_elses_token_is_refused()
    {
        _user = "system:serviceaccount:flyte:default";

        Assert.That(
            () => ProveAsync(_endpoint),
            Throws.InvalidOperationException.With.Message.Contains("the token of dp1 has the caller identity system:serviceaccount:flyte:default")
        );
    }

    [Test]
    public void Missing_rights_are_all_reported()
    {
        _denied = "patch";

        Assert.That(
            () => ProveAsync(_endpoint),
            Throws.InvalidOperationException.With.Message.Contains("is missing permissions: patch namespaces, patch serviceaccounts, patch resourcequotas.")
        );
    }

    [Test]
    public void What_flyteadmin_does_is_asked_for() =>
        Assert.That(
            CredentialProof.Needed.Select(access => access.ToString()),
            Is.EquivalentTo(
                new[]
                {
                    "create flyteworkflows.flyte.lyft.com",
                    "delete flyteworkflows.flyte.lyft.com",
                    "create namespaces",
                    "get namespaces",
                    "patch namespaces",
                    "create serviceaccounts",
                    "get serviceaccounts",
                    "patch serviceaccounts",
                    "create resourcequotas",
                    "get resourcequotas",
                    "patch resourcequotas",
                }
            )
        );

    [TestCase("other-token")]
    [TestCase("secret-token-")]
    public void A_token_that_is_not_accepted_is_reported_without_it(string token) =>
        Assert.That(
            () => ProveAsync(_endpoint, token),
            Throws.InvalidOperationException.With.Message.Contains("does not accept the token of dp1").And.Message.Not.Contains(token)
        );

    [Test]
    public void A_token_with_a_newline_fails_without_being_reported() =>
        Assert.That(() => ProveAsync(_endpoint, Token + "\n"), Throws.Exception.With.Message.Not.Contains(Token));

    [Test]
    public void Another_clusters_CA_is_reported()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = new CertificateRequest("CN=other", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1),
            DateTimeOffset.UtcNow.AddDays(1)
        );

        Assert.That(
            () => ProveAsync(_endpoint, ca: other.ExportCertificatePem()),
            Throws.InvalidOperationException.With.Message.Contains("cannot be used with the CA of dp1")
        );
    }

    [Test]
    public void A_name_that_the_certificate_does_not_carry_is_reported() =>
        Assert.That(
            () => ProveAsync(_endpoint.Replace("127.0.0.1", "localhost", StringComparison.Ordinal)),
            Throws.InvalidOperationException.With.Message.Contains("cannot be used with the CA of dp1")
        );

    [TestCase("no PEM", "is empty")]
    [TestCase("", "is empty")]
    [TestCase("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "is not PEM")]
    public void A_CA_that_is_none_is_reported(string ca, string what) =>
        Assert.That(() => ProveAsync(_endpoint, ca: ca), Throws.InvalidOperationException.With.Message.EqualTo($"The CA certificate of dp1 {what}."));

    [Test]
    public void A_CA_whose_base64_is_broken_is_reported() =>
        Assert.That(
            () => CredentialProof.ProveAsync("dp1", _endpoint, new ClusterCredential(Base64(Token), "!"), "flyte", default),
            Throws.InvalidOperationException.With.Message.Contains("is not PEM")
        );

    private Task ProveAsync(string endpoint, string token = Token, string? ca = null) =>
        CredentialProof.ProveAsync("dp1", endpoint, new ClusterCredential(Base64(token), Base64(ca ?? _ca)), "flyte", default);

    private static string Base64(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));

    private async Task AnswerAsync(HttpContext http)
    {
        if (http.Request.Headers.Authorization != $"Bearer {Token}")
        {
            http.Response.StatusCode = 401;
            return;
        }

        var review = (JsonObject)(await JsonNode.ParseAsync(http.Request.Body))!;
        review["status"] =
            (string?)review["kind"] == "SelfSubjectReview"
                ? new JsonObject { ["userInfo"] = new JsonObject { ["username"] = _user } }
                : new JsonObject { ["allowed"] = (string?)review["spec"]!["resourceAttributes"]!["verb"] != _denied };
        await http.Response.WriteAsync(review.ToJsonString());
    }
}
