using System.Net.Sockets;
using System.Security.Authentication;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Tests.Common.Changes;
using NUnit.Framework;
using static Flyte.MultiCluster.Tests.Common.FlyteAdmin.FakeFlyteAdmin;

namespace Flyte.MultiCluster.Tests.Common.FlyteAdmin;

/// <summary>What is tried again, what is not, and what is reported.</summary>
internal sealed class FlyteAdminRetryTests
{
    private const string Path = "/api/v1/domains";
    private const string Label = "/api/v1/project_attributes/team1";

    private static readonly Exception[] Broken =
    [
        new HttpRequestException("reset", new SocketException((int)SocketError.ConnectionReset)),
        new HttpIOException(HttpRequestError.ResponseEnded),
        new IOException("cut"),
        new InvalidDataException("The archive entry was compressed using an unsupported compression method."),
    ];

    private FakeFlyteAdmin _server = null!;
    private FlyteAdminClient _client = null!;

    [SetUp]
    public void Open() => _client = (_server = new FakeFlyteAdmin()).Client();

    [TearDown]
    public void Close()
    {
        _client.Dispose();
        _server.Dispose();
    }

    [TestCase(429, 8)]
    [TestCase(502, 14)]
    [TestCase(503, 14)]
    [TestCase(504, 4)]
    public async Task A_busy_server_is_asked_again(int status, int code)
    {
        _server.On(Path, Refuse(status, code, "busy"), Refuse(status, code, "busy"), Ok("""{"domains":[{"id":"d"}]}"""));

        Assert.That((await _client.DomainsAsync(default), _server.Calls.Count), Is.EqualTo((new[] { "d" }, 3)));
    }

    [TestCase(400, 3, "InvalidArgument")]
    [TestCase(401, 16, "Unauthenticated")]
    [TestCase(403, 7, "PermissionDenied")]
    [TestCase(404, 5, "NotFound")]
    [TestCase(499, 1, "Canceled")]
    [TestCase(500, 13, "Internal")]
    [TestCase(501, 12, "Unimplemented")]
    public async Task Another_refusal_is_reported_at_once_with_call_code_and_message(int status, int code, string word)
    {
        _server.On(Path, Refuse(status, code, "FlyteAdmin's own words"));

        var failure = await Assert.ThrowsAsync<FlyteAdminException>(() => _client.DomainsAsync(default));

        Assert.That(
            (failure!.Message, _server.Calls.Count, failure.IsUnreachable),
            Is.EqualTo(($"FlyteAdmin: GET /api/v1/domains: {status} {word}: FlyteAdmin's own words", 1, false))
        );
    }

    [Test]
    public async Task A_write_that_timed_out_on_the_way_is_not_repeated()
    {
        _server.On(Label, Refuse(504, 4, "late"), Ok());
        var permit = await Permits.GetAsync();

        Assert.That(() => _client.PutExecutionLabelAsync(permit, new LabelScope("team1"), "l", default), Throws.TypeOf<FlyteAdminException>());
        Assert.That(_server.Calls, Has.Count.EqualTo(1));
    }

    [TestCaseSource(nameof(Broken))]
    public async Task A_broken_connection_is_tried_again_also_for_writes(Exception broken)
    {
        _server.On(Label, Throw(broken), Ok());

        await _client.PutExecutionLabelAsync(await Permits.GetAsync(), new LabelScope("team1"), "l", default);

        Assert.That(_server.Calls, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task An_answer_that_is_cut_is_asked_for_again()
    {
        _server.On(Path, Ok("""{"domains":[{"id":"""), Ok());

        await _client.DomainsAsync(default);

        Assert.That(_server.Calls, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task An_answer_that_is_always_cut_is_reported_without_its_content()
    {
        _server.On(Path, Ok("""{"domains":[{"id":"hidden"""));

        var failure = await Assert.ThrowsAsync<FlyteAdminException>(() => _client.DomainsAsync(default));

        Assert.That(failure!.ToString(), Does.Contain("the answer was cut off.").And.Not.Contain("hidden"));
    }

    [Test]
    public async Task A_server_that_stays_busy_is_given_up_after_six_tries()
    {
        _server.On(Path, Refuse(503, 14, "no database"));

        var failure = await Assert.ThrowsAsync<FlyteAdminException>(() => _client.DomainsAsync(default));

        Assert.That(
            (_server.Calls.Count, failure!.Message, failure.IsUnreachable),
            Is.EqualTo((6, "FlyteAdmin: GET /api/v1/domains: 503 Unavailable: no database", true))
        );
    }

    [Test]
    public async Task Pauses_grow_and_differ()
    {
        _server.On(Path, Refuse(503, 14, "busy"));

        await Assert.ThrowsAsync<FlyteAdminException>(() => _client.DomainsAsync(default));

        var pauses = _server
            .Time.Pauses.Where(pause => pause > TimeSpan.Zero && pause < TimeSpan.FromSeconds(10))
            .Select(pause => pause.TotalMilliseconds)
            .ToArray();
        Assert.That(pauses, Has.Length.EqualTo(5).And.Ordered);
        Assert.That(pauses.Zip([100.0, 200, 400, 800, 1600], (pause, middle) => pause / middle), Is.All.InRange(0.75, 1.25));
    }

    [TestCase("3", 3)]
    [TestCase("3600", 10)]
    [TestCase("Fri, 02 Jan 2026 03:04:12 GMT", 7)]
    [TestCase("Fri, 02 Jan 2026 03:04:00 GMT", 0)]
    public async Task The_server_says_how_long_to_wait_up_to_ten_seconds(string retryAfter, int seconds)
    {
        _server.On(Path, Refuse(429, 8, "slow down", retryAfter), Ok());

        await _client.DomainsAsync(default);

        Assert.That(_server.Time.Pauses, Is.EqualTo(seconds == 0 ? [] : new[] { TimeSpan.FromSeconds(seconds) }));
    }

    [Test]
    public async Task A_certificate_that_is_refused_is_reported_at_once_with_the_remedy()
    {
        _server.On(Path, Throw(new HttpRequestException("TLS", new AuthenticationException("certificate signed by unknown authority ('CN=x')."))));

        var failure = await Assert.ThrowsAsync<FlyteAdminException>(() => _client.DomainsAsync(default));

        Assert.That(
            (_server.Calls.Count, failure!.Message),
            Is.EqualTo(
                (
                    1,
                    "FlyteAdmin: GET /api/v1/domains: certificate signed by unknown authority ('CN=x') at https://flyte.example.com. Set flyteAdmin.caFile to "
                        + "the CA that signed its certificate."
                )
            )
        );
    }

    [Test]
    public async Task A_server_that_hangs_is_reported_at_once()
    {
        _server.On(Path, Throw(new TaskCanceledException()));

        var failure = await Assert.ThrowsAsync<FlyteAdminException>(() => _client.DomainsAsync(default));

        Assert.That(
            (_server.Calls.Count, failure!.Message, failure.IsUnreachable),
            Is.EqualTo((1, "FlyteAdmin: GET /api/v1/domains: no answer within 30 s at https://flyte.example.com.", true))
        );
    }

    [Test]
    public void A_web_page_is_not_taken_for_an_answer()
    {
        _server.On(Path, Text(200, "<html>Flyte console</html>"));

        Assert.That(
            () => _client.DomainsAsync(default),
            Throws
                .TypeOf<FlyteAdminException>()
                .With.Message.EqualTo("FlyteAdmin: GET /api/v1/domains: 200: the answer is not JSON. Is that the address of FlyteAdmin's HTTP API?")
        );
        Assert.That(_server.Calls, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_login_page_is_not_followed()
    {
        _server.On(
            Path,
            _ => new HttpResponseMessage(System.Net.HttpStatusCode.Found) { Headers = { Location = new Uri("https://login.example.com/start?state=abc") } }
        );

        Assert.That(
            () => _client.DomainsAsync(default),
            Throws
                .TypeOf<FlyteAdminException>()
                .With.Message.EqualTo(
                    "FlyteAdmin: GET /api/v1/domains: 302: it redirects to https://login.example.com/start. Is there a login page in front of FlyteAdmin?"
                )
        );
    }

    [Test]
    public async Task A_long_message_is_cut_and_put_on_one_line()
    {
        _server.On(Path, Refuse(400, 3, $"first\n\tsecond {new string('x', 3000)}"));

        var failure = await Assert.ThrowsAsync<FlyteAdminException>(() => _client.DomainsAsync(default));

        Assert.That(failure!.AdminMessage, Does.StartWith("first second xxx").And.Length.EqualTo(500).And.EndsWith("…"));
    }

    [Test]
    public void A_server_that_says_nothing_is_reported()
    {
        _server.On(Path, Text(400, string.Empty, "text/plain"));

        Assert.That(
            () => _client.DomainsAsync(default),
            Throws.TypeOf<FlyteAdminException>().With.Message.EqualTo("FlyteAdmin: GET /api/v1/domains: 400: its answer is empty.")
        );
    }

    [Test]
    public void An_interrupted_run_ends_the_call()
    {
        _server.Open = new TaskCompletionSource().Task;
        using var interruption = new CancellationTokenSource();
        var call = _client.DomainsAsync(interruption.Token);

        interruption.Cancel();

        Assert.That(() => call, Throws.InstanceOf<OperationCanceledException>());
    }
}
