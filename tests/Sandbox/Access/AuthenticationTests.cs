using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Access;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Access;

[TestFixture]
internal sealed class AuthenticationTests
{
    private static readonly string[] ServiceAccountGroups = ["system:serviceaccounts", "system:serviceaccounts:flyte", "system:authenticated"];

    private AccessTestBed _cluster = null!;

    [SetUp]
    public void MakeCluster() => _cluster = new AccessTestBed();

    [TearDown]
    public void DropCluster() => _cluster.Dispose();

    [Test]
    public void A_request_without_credentials_is_anonymous()
    {
        Assert.That(_cluster.Access.Authenticator.Authenticate(new Microsoft.AspNetCore.Http.DefaultHttpContext())!.Name, Is.EqualTo("system:anonymous"));
    }

    [TestCase("Basic YTpi")]
    [TestCase("Digest x")]
    [TestCase("Bearer ")]
    [TestCase("Bearer garbage")]
    [TestCase("Bearer a.b.c")]
    [TestCase("Bearer a.b.c.d")]
    public void An_unknown_credential_is_unauthorized(string header)
    {
        Assert.That(_cluster.AuthenticateHeader(header), Is.Null);
    }

    [Test]
    public void A_client_certificate_of_the_clusters_authority_names_user_and_groups()
    {
        using var certificate = _cluster.Keys.Certificates.IssueClient("jane", "dev", "ops");

        var user = _cluster.AuthenticateCertificate(certificate)!;

        Assert.That(user.Name, Is.EqualTo("jane"));
        Assert.That(user.Groups, Is.EquivalentTo(new[] { "dev", "ops", "system:authenticated" }));
        Assert.That(
            user.Extra[Users.CredentialId],
            Is.EqualTo(new[] { "X509SHA256=" + certificate.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256).ToLowerInvariant() })
        );
    }

    [Test]
    public void A_client_certificate_of_another_cluster_is_unauthorized()
    {
        using var other = new AccessTestBed();

        Assert.That(_cluster.AuthenticateCertificate(other.Keys.Administrator), Is.Null);
        Assert.That(_cluster.AuthenticateCertificate(_cluster.Keys.Administrator), Is.Not.Null);
    }

    [Test]
    public void A_Secrets_token_names_its_service_account_as_Kubernetes_does()
    {
        var payload = SecretToken().Split('.')[1].Replace('-', '+').Replace('_', '/');
        var claims = JsonNode.Parse(Convert.FromBase64String(payload.PadRight((payload.Length + 3) / 4 * 4, '=')))!.AsObject();

        Assert.That(
            claims.Select(claim => claim.Key),
            Is.EquivalentTo(
                new[]
                {
                    "iss",
                    "kubernetes.io/serviceaccount/namespace",
                    "kubernetes.io/serviceaccount/secret.name",
                    "kubernetes.io/serviceaccount/service-account.name",
                    "kubernetes.io/serviceaccount/service-account.uid",
                    "sub",
                }
            )
        );
        Assert.That((string?)claims["iss"], Is.EqualTo("kubernetes/serviceaccount"));
    }

    [Test]
    public void The_servers_certificate_is_no_client_certificate()
    {
        Assert.That(_cluster.AuthenticateCertificate(_cluster.Keys.Certificates.Server), Is.Null);
    }

    [Test]
    public void A_client_certificate_ends_after_ten_years()
    {
        Assert.That(_cluster.AuthenticateCertificate(_cluster.Keys.Administrator), Is.Not.Null);

        _cluster.Clock.Advance(TimeSpan.FromDays(3653));

        Assert.That(_cluster.AuthenticateCertificate(_cluster.Keys.Administrator), Is.Null);
    }

    [Test]
    public void A_secrets_token_speaks_for_its_service_account()
    {
        var uid = _cluster.AddServiceAccount("flyte", "flyteadmin");

        var user = _cluster.AuthenticateToken(_cluster.AddTokenSecret("flyte", "flyteadmin", uid, "dataplane-1-token"))!;

        Assert.That(user.Name, Is.EqualTo("system:serviceaccount:flyte:flyteadmin"));
        Assert.That(user.Uid, Is.EqualTo(uid));
        Assert.That(user.Groups, Is.EqualTo(ServiceAccountGroups));
    }

    [Test]
    public void A_token_with_a_trailing_newline_is_unauthorized()
    {
        var token = SecretToken();

        Assert.That(_cluster.AuthenticateToken(token + "\n"), Is.Null);
        Assert.That(_cluster.AuthenticateToken(token), Is.Not.Null);
    }

    [Test]
    public void A_token_whose_claims_were_changed_is_unauthorized()
    {
        var parts = SecretToken().Split('.');
        var claims = System.Buffers.Text.Base64Url.DecodeFromChars(parts[1]);
        var forged = System.Buffers.Text.Base64Url.EncodeToString(
            System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(claims).Replace("flyteadmin", "flyteowner", StringComparison.Ordinal))
        );

        Assert.That(_cluster.AuthenticateToken($"{parts[0]}.{forged}.{parts[2]}"), Is.Null);
    }

    [Test]
    public void A_token_of_another_cluster_is_unauthorized_though_it_has_the_same_objects()
    {
        using var other = new AccessTestBed();
        SecretToken();
        var uid = other.AddServiceAccount("flyte", "flyteadmin");

        Assert.That(_cluster.AuthenticateToken(other.AddTokenSecret("flyte", "flyteadmin", uid, "t")), Is.Null);
    }

    [Test]
    public void A_secrets_token_ends_with_the_secret()
    {
        var token = SecretToken();

        _cluster.Store.Delete("", "secrets", "flyte", "t");

        Assert.That(_cluster.AuthenticateToken(token), Is.Null);
    }

    [Test]
    public void A_secrets_token_ends_when_the_secret_holds_another_one()
    {
        var uid = _cluster.AddServiceAccount("flyte", "flyteadmin");
        var token = _cluster.AddTokenSecret("flyte", "flyteadmin", uid, "t");
        _cluster.Store.Delete("", "secrets", "flyte", "t");
        _cluster.Store.Create(
            "",
            "secrets",
            "flyte",
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = "t" },
                ["data"] = new JsonObject { ["token"] = "b3RoZXI=" },
            },
            "test"
        );

        Assert.That(_cluster.AuthenticateToken(token), Is.Null);
    }

    [Test]
    public void A_secret_that_is_made_again_under_its_name_brings_the_revoked_token_back()
    {
        var uid = _cluster.AddServiceAccount("flyte", "flyteadmin");
        var first = _cluster.AddTokenSecret("flyte", "flyteadmin", uid, "t");
        _cluster.Store.Delete("", "secrets", "flyte", "t");
        Assert.That(_cluster.AuthenticateToken(first), Is.Null);

        var second = _cluster.AddTokenSecret("flyte", "flyteadmin", uid, "t");

        Assert.That(second, Is.EqualTo(first));
        Assert.That(_cluster.AuthenticateToken(first), Is.Not.Null);
    }

    [Test]
    public void A_secret_of_another_name_or_of_a_later_service_account_gets_another_token()
    {
        var uid = _cluster.AddServiceAccount("flyte", "flyteadmin");
        string[] tokens =
        [
            .. new[] { (uid, "t"), (uid, "t-2"), ("later", "t") }.Select(of => _cluster.Access.Reviews.SecretToken("flyte", "flyteadmin", of.Item1, of.Item2)),
        ];

        Assert.That(tokens, Is.Unique);
    }

    [Test]
    public void A_token_ends_with_its_service_account()
    {
        var token = SecretToken();

        _cluster.Store.Delete("", "serviceaccounts", "flyte", "flyteadmin");

        Assert.That(_cluster.AuthenticateToken(token), Is.Null);
    }

    [Test]
    public void A_token_does_not_count_for_a_later_service_account_of_the_same_name()
    {
        var token = SecretToken();
        _cluster.Store.Delete("", "serviceaccounts", "flyte", "flyteadmin");

        _cluster.AddServiceAccount("flyte", "flyteadmin");

        Assert.That(_cluster.AuthenticateToken(token), Is.Null);
    }

    [Test]
    public void A_token_does_not_count_for_a_service_account_that_is_being_deleted()
    {
        var token = SecretToken();
        var account = _cluster.Store.Get("", "serviceaccounts", "flyte", "flyteadmin")!;
        account["metadata"]!["deletionTimestamp"] = "2030-01-02T03:04:05Z";

        _cluster.Store.Update("", "serviceaccounts", "flyte", account, "test");

        Assert.That(_cluster.AuthenticateToken(token), Is.Null);
    }

    [Test]
    public void A_requested_token_counts_for_its_hour_and_names_itself()
    {
        _cluster.AddServiceAccount("flyte", "flyteadmin");
        var token = RequestToken(new JsonObject());

        var user = _cluster.AuthenticateToken(token)!;
        _cluster.Clock.Advance(TimeSpan.FromMinutes(59));
        var later = _cluster.AuthenticateToken(token);
        _cluster.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.That(user.Name, Is.EqualTo("system:serviceaccount:flyte:flyteadmin"));
        Assert.That(user.Extra[Users.CredentialId][0], Does.Match("^JTI=[0-9a-f-]{36}$"));
        Assert.That(later, Is.Not.Null);
        Assert.That(_cluster.AuthenticateToken(token), Is.Null);
    }

    [Test]
    public void A_requested_token_for_another_audience_is_unauthorized()
    {
        _cluster.AddServiceAccount("flyte", "flyteadmin");

        Assert.That(_cluster.AuthenticateToken(RequestToken(new JsonObject { ["audiences"] = new JsonArray("vault") })), Is.Null);
    }

    [Test]
    public void A_requested_token_ends_with_the_secret_that_it_is_bound_to()
    {
        SecretToken();
        var token = RequestToken(
            new JsonObject
            {
                ["boundObjectRef"] = new JsonObject { ["kind"] = "Secret", ["name"] = "t" },
            }
        );
        var before = _cluster.AuthenticateToken(token);

        _cluster.Store.Delete("", "secrets", "flyte", "t");

        Assert.That(before, Is.Not.Null);
        Assert.That(_cluster.AuthenticateToken(token), Is.Null);
    }

    private string SecretToken() => _cluster.AddTokenSecret("flyte", "flyteadmin", _cluster.AddServiceAccount("flyte", "flyteadmin"), "t");

    private string RequestToken(JsonObject spec) =>
        _cluster.Access.Reviews.RequestToken("flyte", "flyteadmin", new JsonObject { ["spec"] = spec })["status"]!["token"]!.GetValue<string>();
}
