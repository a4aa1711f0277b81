using System.Text;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using NUnit.Framework;
using static Flyte.MultiCluster.Tests.Common.FlyteAdmin.FakeFlyteAdmin;

namespace Flyte.MultiCluster.Tests.Common.FlyteAdmin;

/// <summary>OAuth2 client credentials, and tokens from the environment: what is sent, renewed and never reported.</summary>
internal sealed class FlyteAdminLoginTests
{
    private const string Domains = "/api/v1/domains";
    private const string Server = "/.well-known/oauth-authorization-server";
    private const string Client = "/config/v1/flyte_client";
    private const string Token = "/oauth2/token";
    private const string Variable = "FLYTE_TEST_SECRET_OF_LOGIN_TESTS";
    private const string Secret = "s3cr3t/+ :value";

    private static readonly FlyteAdminLogin OAuth = new() { ClientId = "my client", ClientSecretVariable = Variable };
    private static readonly FlyteAdminLogin FromVariable = new() { TokenVariable = Variable };

    private static readonly Func<AdminCall, HttpResponseMessage> Off = Refuse(501, 12, "unknown service flyteidl.service.AuthMetadataService");

    private FakeFlyteAdmin _server = null!;

    [SetUp]
    public void Open()
    {
        Environment.SetEnvironmentVariable(Variable, Secret);
        _server = new FakeFlyteAdmin()
            .On(Server, Ok("""{"issuer":"https://flyte.example.com","token_endpoint":"https://idp.example.com/oauth2/token"}"""))
            .On(
                Client,
                Ok(
                    """{"client_id":"flytectl","scopes":["all","offline"],"authorization_metadata_key":"flyte-authorization","audience":"https://flyte.example.com"}"""
                )
            );
    }

    [TearDown]
    public void Close()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        _server.Dispose();
    }

    [Test]
    public async Task The_token_endpoint_is_found_and_asked_as_RFC_6749_wants_it()
    {
        using var client = Issuing("token-1").On(Domains, Ok()).Client(OAuth);

        await client.DomainsAsync(default);

        var asked = _server.Calls.Single(call => call.Method == "POST");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(asked.Url, Is.EqualTo("https://idp.example.com/oauth2/token"));
            Assert.That(
                Encoding.UTF8.GetString(Convert.FromBase64String(asked.Authorization!["Basic ".Length..])),
                Is.EqualTo("my%20client:s3cr3t%2F%2B%20%3Avalue")
            );
            Assert.That(asked.Body, Is.EqualTo("grant_type=client_credentials&scope=all+offline&audience=https%3A%2F%2Fflyte.example.com"));
            Assert.That(asked.ContentType, Is.EqualTo("application/x-www-form-urlencoded"));
        }
    }

    [Test]
    public async Task The_token_goes_into_the_header_that_the_server_names()
    {
        using var client = Issuing("token-1").On(Domains, Ok()).Client(OAuth);

        await client.DomainsAsync(default);

        Assert.That(Last(), Is.EqualTo((Domains, (string?)null, (string?)"Bearer token-1")));
    }

    [Test]
    public async Task A_server_that_names_no_header_scope_and_audience_gets_the_usual()
    {
        using var server = new FakeFlyteAdmin()
            .On(Server, Ok("""{"token_endpoint":"https://idp.example.com/oauth2/token"}"""))
            .On(Client, Ok("""{"scopes":[],"audience":"","authorization_metadata_key":""}"""))
            .On(Token, Ok("""{"access_token":"token-1"}"""))
            .On(Domains, Ok());
        using var client = server.Client(OAuth);

        await client.DomainsAsync(default);

        Assert.That(
            (server.Calls.Single(call => call.Method == "POST").Body, server.Calls[^1].Authorization),
            Is.EqualTo(("grant_type=client_credentials", "Bearer token-1"))
        );
    }

    [Test]
    public async Task Calls_at_the_same_time_share_one_login()
    {
        var open = new TaskCompletionSource();
        _server.Open = open.Task;
        using var client = Issuing("token-1").On(Domains, Ok()).Client(OAuth);

        var calls = Enumerable.Range(0, 32).Select(_ => client.DomainsAsync(default)).ToArray();
        open.SetResult();
        await Task.WhenAll(calls);

        Assert.That(
            _server.Calls.GroupBy(call => call.Url, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal),
            Is.EquivalentTo(
                new Dictionary<string, int>(StringComparer.Ordinal)
                {
                    [Server] = 1,
                    [Client] = 1,
                    ["https://idp.example.com/oauth2/token"] = 1,
                    [Domains] = 32,
                }
            )
        );
    }

    [Test]
    public async Task A_call_that_was_interrupted_during_the_login_leaves_the_others_alone()
    {
        var open = new TaskCompletionSource();
        _server.Open = open.Task;
        using var interruption = new CancellationTokenSource();
        using var client = Issuing("token-1").On(Domains, Ok()).Client(OAuth);
        var first = client.DomainsAsync(interruption.Token);
        var second = client.DomainsAsync(default);

        await interruption.CancelAsync();
        Assert.That(() => first, Throws.InstanceOf<OperationCanceledException>());
        open.SetResult();

        Assert.That(() => second, Throws.Nothing);
    }

    [Test]
    public async Task Where_login_is_off_calls_go_on_without_it_and_no_secret_is_sent()
    {
        using var server = new FakeFlyteAdmin().On(Server, Off).On(Client, Off).On(Domains, Ok());
        using var client = server.Client(OAuth);

        await client.DomainsAsync(default);
        await client.DomainsAsync(default);

        Assert.That(client.IsLoginOff);
        Assert.That(server.Calls.Select(call => (call.Authorization, call.CustomAuthorization)), Is.All.EqualTo(((string?)null, (string?)null)));
        Assert.That(server.Calls.Count(call => call.Url == Server), Is.EqualTo(1), "It is not asked before each call.");
    }

    [Test]
    public async Task Login_that_was_turned_on_between_two_calls_is_found_by_the_refusal_and_the_call_made_again()
    {
        using var server = new FakeFlyteAdmin()
            .On(Server, Off, Ok("""{"token_endpoint":"https://idp.example.com/oauth2/token"}"""))
            .On(Client, Off, Ok("""{"authorization_metadata_key":"flyte-authorization"}"""))
            .On(Token, Issue("token-1", 600))
            .On(Domains, Ok(), Refuse(401, 16, "Request unauthenticated with Bearer"), Ok());
        using var client = server.Client(OAuth);

        await client.DomainsAsync(default);
        await client.DomainsAsync(default);

        Assert.That((client.IsLoginOff, server.Calls[^1].CustomAuthorization), Is.EqualTo((false, "Bearer token-1")));
    }

    [Test]
    public async Task A_token_of_the_environment_is_kept_back_where_login_is_off_until_something_wants_it()
    {
        using var server = new FakeFlyteAdmin().On(Client, Off).On(Domains, Ok(), Refuse(401, 16, "no"), Ok());
        using var client = server.Client(FromVariable);
        Environment.SetEnvironmentVariable(Variable, "token-1");

        await client.DomainsAsync(default);
        var without = server.Calls[^1].Authorization;
        await client.DomainsAsync(default);

        Assert.That((without, server.Calls[^1].Authorization), Is.EqualTo(((string?)null, "Bearer token-1")));
    }

    [Test]
    public async Task A_token_of_the_environment_goes_into_another_header_once_login_is_on()
    {
        using var server = new FakeFlyteAdmin()
            .On(Client, Off, Off, Ok("""{"authorization_metadata_key":"flyte-authorization"}"""))
            .On(Domains, Refuse(401, 16, "no"), Ok(), Refuse(401, 16, "no"), Ok());
        using var client = server.Client(FromVariable);
        Environment.SetEnvironmentVariable(Variable, "token-1");

        await client.DomainsAsync(default);
        await client.DomainsAsync(default);

        Assert.That((server.Calls[^1].Authorization, server.Calls[^1].CustomAuthorization), Is.EqualTo(((string?)null, "Bearer token-1")));
    }

    [Test]
    public async Task A_token_is_kept_until_shortly_before_its_end()
    {
        using var client = _server.On(Token, Issue("token-1", 600), Issue("token-2", 600)).On(Domains, Ok()).Client(OAuth);

        await client.DomainsAsync(default);
        await Task.Delay(TimeSpan.FromSeconds(539), _server.Time);
        await client.DomainsAsync(default);
        var kept = Last().Custom;
        await Task.Delay(TimeSpan.FromSeconds(2), _server.Time);
        await client.DomainsAsync(default);

        Assert.That((kept, Last().Custom), Is.EqualTo(("Bearer token-1", "Bearer token-2")));
    }

    [Test]
    public async Task A_token_that_is_refused_is_renewed_once()
    {
        using var client = _server.On(Token, Issue("token-1", 600), Issue("token-2", 600)).On(Domains, Refuse(401, 16, "expired"), Ok()).Client(OAuth);

        await client.DomainsAsync(default);

        Assert.That(Last().Custom, Is.EqualTo("Bearer token-2"));
    }

    [Test]
    public void A_token_that_is_refused_again_is_reported()
    {
        using var client = _server
            .On(Token, Issue("token-1", 600), Issue("token-2", 600), Issue("token-3", 600))
            .On(Domains, Refuse(401, 16, "not for you"))
            .Client(OAuth);

        Assert.That(
            () => client.DomainsAsync(default),
            Throws.TypeOf<FlyteAdminException>().With.Message.EqualTo("FlyteAdmin: GET /api/v1/domains: 401 Unauthenticated: not for you")
        );
        Assert.That(_server.Calls.Count(call => call.ToString() == $"GET {Domains}"), Is.EqualTo(2));
    }

    [Test]
    public void A_token_endpoint_that_refuses_is_reported_in_its_words()
    {
        using var client = _server
            .On(
                Token,
                _ => new HttpResponseMessage(System.Net.HttpStatusCode.Unauthorized)
                {
                    Content = new StringContent(
                        """{"error":"invalid_client","error_description":"wrong secret s3cr3t/+ :value"}""",
                        Encoding.UTF8,
                        "application/json"
                    ),
                }
            )
            .Client(OAuth);

        Assert.That(
            () => client.DomainsAsync(default),
            Throws
                .TypeOf<FlyteAdminException>()
                .With.Message.EqualTo("FlyteAdmin: POST https://idp.example.com/oauth2/token: 401 invalid_client: wrong secret [secret]")
        );
    }

    [TestCase("http://idp.example.com/oauth2/token", "its token_endpoint at idp.example.com is plain http; no secret is sent there.")]
    [TestCase("", "it names no token_endpoint. Is authentication on?")]
    [TestCase("/oauth2/token", "it names no token_endpoint. Is authentication on?")]
    [TestCase("file:///etc/passwd", "it names no token_endpoint. Is authentication on?")]
    public async Task A_token_endpoint_that_must_not_get_a_secret_gets_none(string address, string why)
    {
        using var server = new FakeFlyteAdmin().On(Server, Ok($$"""{"token_endpoint":"{{address}}"}""")).On(Client, Ok());
        using var client = server.Client(OAuth);

        var failure = await Assert.ThrowsAsync<FlyteAdminException>(() => client.DomainsAsync(default));

        Assert.That((failure!.AdminMessage, failure.IsUnreachable), Is.EqualTo((why, false)));
        Assert.That(server.Calls.Where(call => call.Authorization is not null || call.Method == "POST"), Is.Empty);
    }

    [Test]
    public async Task A_token_endpoint_on_this_machine_may_be_plain_http()
    {
        using var server = new FakeFlyteAdmin()
            .On(Server, Ok("""{"token_endpoint":"http://127.0.0.1:8088/oauth2/token"}"""))
            .On(Client, Ok())
            .On(Token, Issue("t-oken", 60))
            .On(Domains, Ok());
        using var client = server.Client(OAuth);

        await client.DomainsAsync(default);

        Assert.That(server.Calls[^1].Authorization, Is.EqualTo("Bearer t-oken"));
    }

    [Test]
    public async Task A_token_from_the_environment_goes_into_the_header_that_the_server_names()
    {
        Environment.SetEnvironmentVariable(Variable, " tok.en\n");
        using var client = _server.On(Domains, Ok()).Client(FromVariable);

        await client.DomainsAsync(default);

        Assert.That(Last(), Is.EqualTo((Domains, (string?)null, (string?)"Bearer tok.en")));
    }

    [Test]
    public async Task A_token_from_the_environment_goes_into_the_usual_header_where_the_server_names_none()
    {
        Environment.SetEnvironmentVariable(Variable, "tok.en");
        using var server = new FakeFlyteAdmin().On(Domains, Ok());
        using var client = server.Client(FromVariable);

        await client.DomainsAsync(default);

        Assert.That(server.Calls[^1].Authorization, Is.EqualTo("Bearer tok.en"));
    }

    [Test]
    public void A_token_from_the_environment_that_is_refused_is_not_tried_again()
    {
        Environment.SetEnvironmentVariable(Variable, "tok.en");
        using var client = _server.On(Domains, Refuse(401, 16, "no")).Client(FromVariable);

        Assert.That(() => client.DomainsAsync(default), Throws.TypeOf<FlyteAdminException>());
        Assert.That(_server.Calls.Count(call => call.Url == Domains), Is.EqualTo(1));
    }

    [Test]
    public async Task A_variable_that_is_not_set_is_reported_before_any_call()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        using var client = _server.Client(FromVariable);

        var failure = await Assert.ThrowsAsync<FlyteAdminException>(() => client.DomainsAsync(default));

        Assert.That(
            (failure!.Message, _server.Calls.Count, failure.IsUnreachable),
            Is.EqualTo(($"FlyteAdmin: login: the environment variable {Variable} is not set.", 0, false))
        );
    }

    [Test]
    public async Task No_secret_is_reported_also_where_the_server_echoes_it()
    {
        var echo =
            $"token-1 {Secret} {Uri.EscapeDataString(Secret)} {Convert.ToBase64String(Encoding.UTF8.GetBytes($"my%20client:{Uri.EscapeDataString(Secret)}"))}";
        using var client = Issuing("token-1")
            .On(Domains, Refuse(400, 3, $"bad header {echo}"))
            .On("/api/v1/version", Text(400, echo, "text/plain"))
            .Client(OAuth);

        var json = await Assert.ThrowsAsync<FlyteAdminException>(() => client.DomainsAsync(default));
        var plain = await Assert.ThrowsAsync<FlyteAdminException>(() => client.VersionAsync(default));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(json!.AdminMessage, Is.EqualTo("bad header [secret] [secret] [secret] [secret]"));
            Assert.That(plain!.AdminMessage, Is.EqualTo("[secret] [secret] [secret] [secret]"));
            Assert.That(json.ToString() + plain, Does.Not.Contain("token-1").And.Not.Contain("s3cr3t"));
        }
    }

    [Test]
    public async Task A_secret_at_the_end_of_what_is_reported_is_not_reported_in_part()
    {
        using var client = Issuing("token-1").On(Domains, Refuse(400, 3, $"{new string('x', 495)}token-1")).Client(OAuth);

        var failure = await Assert.ThrowsAsync<FlyteAdminException>(() => client.DomainsAsync(default));

        Assert.That(failure!.ToString(), Does.Not.Contain("toke"));
    }

    private static Func<AdminCall, HttpResponseMessage> Issue(string token, int seconds) =>
        Ok($$"""{"access_token":"{{token}}","token_type":"bearer","expires_in":{{seconds}}}""");

    private FakeFlyteAdmin Issuing(string token) => _server.On(Token, Issue(token, 600));

    private (string Url, string? Usual, string? Custom) Last() =>
        _server.Calls[^1] is var call ? (call.Url, call.Authorization, call.CustomAuthorization) : default;
}
