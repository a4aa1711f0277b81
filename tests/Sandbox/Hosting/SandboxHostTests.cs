using System.Net;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Tasks.Sandboxes;
using Microsoft.AspNetCore.Http;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Hosting;

[TestFixture]
internal sealed class SandboxHostTests
{
    private static readonly Version[] HttpVersions = [HttpVersion.Version11, HttpVersion.Version20];

    private RunningSandbox _sandbox = null!;

    [SetUp]
    public async Task Start() => _sandbox = await RunningSandbox.StartAsync();

    [TearDown]
    public async Task End() => await _sandbox.DisposeAsync();

    [TestCaseSource(nameof(HttpVersions))]
    public async Task A_cluster_answers_over_its_own_authoritys_TLS(Version version)
    {
        using var client = _sandbox.Client("dataplane1", version);

        using var response = await client.GetAsync(new Uri("/version", UriKind.Relative));

        Assert.That(response.Version, Is.EqualTo(version));
        Assert.That((await response.Content.ReadAsStringAsync()).Length, Is.EqualTo(1000));
    }

    [TestCase("/k8s/clusters/dataplane1/version?x=1", "/version")]
    [TestCase("/k8s/clusters/controlplane/version", "/k8s/clusters/controlplane/version")]
    [TestCase("/version", "/version")]
    public async Task A_cluster_answers_below_a_path_with_its_name_too_and_logs_what_was_asked_for(string asked, string path)
    {
        string? got = null;
        _sandbox.Answer = context =>
        {
            got = context.Request.Path;
            return Task.CompletedTask;
        };
        using var client = _sandbox.Client("dataplane1", HttpVersion.Version11);

        using var response = await client.GetAsync(new Uri(asked, UriKind.Relative));

        Assert.That((got, (string?)(await _sandbox.Control.RequestsAsync("dataplane1", default)).Single()["path"]), Is.EqualTo((path, asked)));
    }

    [Test]
    public void One_clusters_authority_does_not_vouch_for_another()
    {
        using var client = _sandbox.Client("dataplane1", HttpVersion.Version11);
        client.BaseAddress = new Uri(_sandbox.Host.Clusters[0].Server);

        Assert.That(() => client.GetAsync(new Uri("/", UriKind.Relative)), Throws.TypeOf<HttpRequestException>());
    }

    [TestCaseSource(nameof(HttpVersions))]
    public async Task The_client_certificate_reaches_the_cluster_whoever_signed_it(Version version)
    {
        string? subject = null;
        _sandbox.Answer = context =>
        {
            subject = context.Connection.ClientCertificate?.Subject;
            return Task.CompletedTask;
        };
        using var client = _sandbox.Client("dataplane1", version, _sandbox.Host.Clusters[0].Keys.Administrator);

        using var response = await client.GetAsync(new Uri("/", UriKind.Relative));

        Assert.That(subject, Does.Contain("CN=kubernetes-admin"));
    }

    [TestCaseSource(nameof(HttpVersions))]
    public async Task Refuse_closes_the_connection_before_any_answer(Version version)
    {
        await FaultAsync("""{"kind":"refuse","count":1}""");
        using var client = _sandbox.Client("dataplane1", version);

        Assert.That(() => client.PostAsync(new Uri("/", UriKind.Relative), new StringContent("x")), Throws.TypeOf<HttpRequestException>());
        using var next = await client.GetAsync(new Uri("/", UriKind.Relative));
        Assert.That(next.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [TestCase(429, "TooManyRequests", "1")]
    [TestCase(500, "InternalError", null)]
    [TestCase(503, "ServiceUnavailable", null)]
    public async Task Status_answers_a_Status_of_the_code(int code, string reason, string? retryAfter)
    {
        await FaultAsync($$"""{"kind":"status","status":{{code}},"path":"^/api/v1/secrets"}""");
        using var client = _sandbox.Client("dataplane1", HttpVersion.Version20);

        using var response = await client.GetAsync(new Uri("/api/v1/secrets?limit=1", UriKind.Relative));
        using var other = await client.GetAsync(new Uri("/api/v1/pods", UriKind.Relative));

        var status = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.That((int)response.StatusCode, Is.EqualTo(code));
        Assert.That((string?)status["kind"], Is.EqualTo("Status"));
        Assert.That((string?)status["reason"], Is.EqualTo(reason));
        Assert.That(response.Headers.RetryAfter?.ToString(), Is.EqualTo(retryAfter));
        Assert.That(other.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task No_cache_keeps_a_Status_that_a_fault_answered()
    {
        await FaultAsync("""{"kind":"status","status":429}""");
        using var client = _sandbox.Client("dataplane1", HttpVersion.Version11);

        using var response = await client.GetAsync(new Uri("/version", UriKind.Relative));

        Assert.That(response.Headers.CacheControl?.ToString(), Is.EqualTo("no-cache, private"));
    }

    [TestCaseSource(nameof(HttpVersions))]
    public async Task Drop_cuts_the_connection_in_the_middle_of_an_answer(Version version)
    {
        await FaultAsync("""{"kind":"drop"}""");
        using var client = _sandbox.Client("dataplane1", version);

        using var response = await client.GetAsync(new Uri("/", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await ReadUntilCutAsync(response), Is.EqualTo(500));
    }

    [TestCaseSource(nameof(HttpVersions))]
    public async Task Drop_cuts_a_watch_in_the_middle_of_its_first_event(Version version)
    {
        _sandbox.Answer = async context =>
        {
            await context.Response.WriteAsync(new string('e', 200));
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        await FaultAsync("""{"kind":"drop"}""");
        using var client = _sandbox.Client("dataplane1", version);

        using var response = await client.GetAsync(new Uri("/pods?watch=true", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);

        Assert.That(await ReadUntilCutAsync(response), Is.EqualTo(100));
    }

    [Test]
    public async Task Delay_answers_later()
    {
        await FaultAsync("""{"kind":"delay","delayMs":4321,"cluster":"dataplane1"}""");

        await GetAsync("controlplane");
        var before = _sandbox.Clock.Waits;
        await GetAsync("dataplane1");

        Assert.That(before, Is.Empty);
        Assert.That(_sandbox.Clock.Waits, Is.EqualTo(new[] { TimeSpan.FromMilliseconds(4321) }));
    }

    [Test]
    public async Task Every_request_waits_for_the_latency()
    {
        var status = await _sandbox.Control.SetLatencyAsync(TimeSpan.FromMilliseconds(80), default);

        await GetAsync("controlplane");
        await GetAsync("dataplane1");

        Assert.That((int?)status["latencyMs"], Is.EqualTo(80));
        Assert.That(_sandbox.Clock.Waits, Is.EqualTo(new[] { TimeSpan.FromMilliseconds(80), TimeSpan.FromMilliseconds(80) }));
    }

    [Test]
    public async Task Faults_end_when_they_are_removed()
    {
        await FaultAsync("""{"kind":"status"}""");

        await _sandbox.Control.ClearFaultsAsync(default);

        Assert.That(await GetAsync("dataplane1"), Is.EqualTo(HttpStatusCode.OK));
    }

    [TestCase("""{"kind":"nothing"}""")]
    [TestCase("""{"kind":"refuse","cluster":"dataplane9"}""")]
    public void A_wrong_fault_is_refused_with_the_reason(string fault)
    {
        Assert.That(() => FaultAsync(fault), Throws.TypeOf<SandboxException>().With.Message.Contains("POST /faults"));
    }

    [Test]
    public async Task Growing_adds_clusters_and_rewrites_the_files_and_keeps_what_there_was()
    {
        var before = _sandbox.Host.Clusters.Select(c => c.Server).ToList();

        var status = await _sandbox.Control.GrowAsync(3, default);
        await _sandbox.Control.GrowAsync(1, default);

        Assert.That(
            status["clusters"]!.AsArray().Select(c => (string?)c!["name"]),
            Is.EqualTo(new[] { "controlplane", "dataplane1", "dataplane2", "dataplane3" })
        );
        Assert.That(_sandbox.Host.Clusters.Select(c => c.Server).Take(2), Is.EqualTo(before));
        Assert.That(await GetAsync("dataplane3"), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(
            File.ReadAllText(_sandbox.File("kubeconfig")),
            Does.Contain("- name: dataplane3\n  context: {cluster: dataplane3, user: dataplane3-admin}")
        );
        Assert.That(File.ReadAllText(_sandbox.File("fleet.yaml")), Does.Contain("  label3: [{id: dataplane_3, weight: 1}]"));
        Assert.That(File.ReadAllText(_sandbox.File("sandbox.json")), Does.Contain(_sandbox.Host.Clusters[3].Server));
    }

    [Test]
    public async Task Requests_and_writes_are_counted_by_cluster()
    {
        foreach (
            var (method, path) in new[]
            {
                (HttpMethod.Get, "/api/v1/pods"),
                (HttpMethod.Post, "/api/v1/namespaces"),
                (HttpMethod.Patch, "/api/v1/namespaces/a?dryRun=All"),
                (HttpMethod.Post, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"),
                (HttpMethod.Post, "/apis/authentication.k8s.io/v1/selfsubjectreviews"),
                (HttpMethod.Post, "/api/v1/namespaces/a/serviceaccounts/b/token"),
                (HttpMethod.Delete, "/api/v1/namespaces/a"),
            }
        )
        {
            await SendAsync("dataplane1", method, path);
        }

        var status = await _sandbox.Control.StatusAsync(default);
        var requests = await _sandbox.Control.RequestsAsync("dataplane1", default);

        Assert.That(status["requests"]!.ToJsonString(), Is.EqualTo("""{"controlplane":0,"dataplane1":7,"flyteadmin":0}"""));
        Assert.That(status["writes"]!.ToJsonString(), Is.EqualTo("""{"controlplane":0,"dataplane1":2,"flyteadmin":0}"""));
        Assert.That(
            requests[1].ToJsonString(),
            Is.EqualTo("""{"method":"POST","path":"/api/v1/namespaces","status":200,"user":null,"userAgent":"a-test/1"}""")
        );
    }

    [Test]
    public async Task A_reset_starts_every_cluster_afresh_and_ends_watches_and_faults()
    {
        var began = new TaskCompletionSource();
        _sandbox.Answer = async context =>
        {
            await context.Response.Body.FlushAsync();
            began.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        };
        using var client = _sandbox.Client("dataplane1", HttpVersion.Version20);
        var watch = client.GetStringAsync(new Uri("/pods?watch=true", UriKind.Relative));
        await began.Task;
        await FaultAsync("""{"kind":"refuse"}""");
        await _sandbox.Control.SetLatencyAsync(TimeSpan.FromMilliseconds(80), default);
        var servers = _sandbox.Host.Clusters.Select(c => c.Server).ToList();

        var status = await _sandbox.Control.ResetAsync(default);

        Assert.That(await watch, Is.Empty);
        Assert.That(_sandbox.Starts, Is.EquivalentTo(new[] { "controlplane", "dataplane1", "controlplane", "dataplane1" }));
        Assert.That(_sandbox.Host.Clusters.Select(c => c.Server), Is.EqualTo(servers));
        Assert.That(status["requests"]!.ToJsonString(), Is.EqualTo("""{"controlplane":0,"dataplane1":0,"flyteadmin":0}"""));
        Assert.That((int?)status["latencyMs"], Is.Zero);
        _sandbox.Answer = _ => Task.CompletedTask;
        Assert.That(await GetAsync("dataplane1"), Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_cluster_that_fails_answers_500_and_goes_on()
    {
        _sandbox.Answer = _ => throw new InvalidOperationException("a bug");
        var first = await GetAsync("dataplane1");
        _sandbox.Answer = _ => Task.CompletedTask;

        Assert.That(first, Is.EqualTo(HttpStatusCode.InternalServerError));
        Assert.That(await GetAsync("dataplane1"), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(File.ReadAllText(_sandbox.File("log")), Does.Contain("a bug"));
    }

    [Test]
    public async Task Being_asked_to_end_ends_it_after_the_answer()
    {
        await _sandbox.Control.ShutdownAsync(default);

        Assert.That(await _sandbox.Host.Ended, Is.EqualTo("asked to end"));
    }

    [Test, Platform(Exclude = "Win")]
    public async Task The_control_socket_is_the_users_alone()
    {
        var socket = (string)(await _sandbox.Control.StatusAsync(default))["controlSocket"]!;

#pragma warning disable CA1416
        Assert.That(File.GetUnixFileMode(socket), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
#pragma warning restore CA1416
    }

    private Task<JsonObject> FaultAsync(string json) => _sandbox.Control.AddFaultAsync(JsonNode.Parse(json)!.AsObject(), default);

    private Task<HttpStatusCode> GetAsync(string cluster) => SendAsync(cluster, HttpMethod.Get, "/");

    private async Task<HttpStatusCode> SendAsync(string cluster, HttpMethod method, string path)
    {
        using var client = _sandbox.Client(cluster, HttpVersion.Version20);
        client.DefaultRequestHeaders.UserAgent.ParseAdd("a-test/1");
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Version = client.DefaultRequestVersion };
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }

    private static async Task<int> ReadUntilCutAsync(HttpResponseMessage response)
    {
        await using var body = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[10_000];
        var read = 0;
        Assert.That(
            async () =>
            {
                while (await body.ReadAsync(buffer.AsMemory(read)) is > 0 and var more)
                {
                    read += more;
                }
            },
            Throws.InstanceOf<IOException>()
        );
        return read;
    }
}
