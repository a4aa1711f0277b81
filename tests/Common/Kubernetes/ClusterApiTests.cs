using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Tests.Common.Changes;
using NUnit.Framework;
using static Flyte.MultiCluster.Tests.Common.Kubernetes.FakeApiServer;

namespace Flyte.MultiCluster.Tests.Common.Kubernetes;

/// <summary>Requests to one API server: what is retried, what is not, and what is reported.</summary>
internal sealed class ClusterApiTests
{
    private const string Path = "/api/v1/namespaces/flyte/secrets/s";

    private FakeApiServer _server = null!;
    private ClusterApi _api = null!;

    [SetUp]
    public void Open() => _api = (_server = new FakeApiServer()).Api();

    [TearDown]
    public void Close()
    {
        _api.Dispose();
        _server.Dispose();
    }

    [TestCase(429)]
    [TestCase(500)]
    [TestCase(502)]
    [TestCase(503)]
    [TestCase(504)]
    public async Task A_busy_server_is_asked_again(int status)
    {
        _server.On(Path, Status(status), Status(status), Ok("""{"kind":"Secret"}"""));

        var found = await _api.GetAsync(Path, CancellationToken.None);

        Assert.That(((string?)found!["kind"], _server.Calls.Count), Is.EqualTo(("Secret", 3)));
    }

    [TestCase("""{"items":[{"metadata":{"name":"p","creationTimestamp":"yesterday"}}]}""")]
    [TestCase("""{"items":[{"metadata":{"name":"p","generation":"one"}}]}""")]
    [TestCase("null")]
    public async Task A_model_that_an_answer_does_not_fit_is_a_failure_of_the_cluster(string answer)
    {
        _server.On("/api/v1/namespaces/flyte/pods", Ok(answer));

        var failure = await Assert.ThrowsAsync<KubernetesApiException>(() => _api.PodsAsync("flyte", CancellationToken.None));

        Assert.That(failure!.Message, Does.StartWith("GET /api/v1/namespaces/flyte/pods: no answer: "));
    }

    [TestCase("""{"items":null}""")]
    [TestCase("""{}""")]
    public async Task A_list_without_items_is_empty(string answer)
    {
        _server.On("/api/v1/namespaces/flyte/pods", Ok(answer));

        Assert.That(await _api.PodsAsync("flyte", CancellationToken.None), Is.Empty);
    }

    [Test]
    public async Task A_review_is_sent_without_the_fields_that_it_does_not_set()
    {
        await _api.MissingPermissionsAsync(
            [new Access("create", "", "namespaces", null), new Access("get", "apps", "deployments", "flyte")],
            CancellationToken.None
        );

        Assert.That(
            _server.Calls.Select(call => call.Body),
            Is.EqualTo(
                new[]
                {
                    """{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":{"resourceAttributes":{"group":"","resource":"namespaces","verb":"create"}}}""",
                    """{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":{"resourceAttributes":{"group":"apps","namespace":"flyte","resource":"deployments","verb":"get"}}}""",
                }
            )
        );
    }

    private static readonly Exception[] Broken =
    [
        new HttpRequestException("reset", new SocketException((int)SocketError.ConnectionReset)),
        new HttpIOException(HttpRequestError.ResponseEnded),
        new IOException("cut"),
    ];

    [TestCaseSource(nameof(Broken))]
    public async Task A_broken_connection_is_tried_again(Exception broken)
    {
        _server.On(Path, Throw(broken), Ok("{}"));

        await _api.GetAsync(Path, CancellationToken.None);

        Assert.That(_server.Calls, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task An_answer_that_is_cut_is_asked_for_again()
    {
        _server.On(Path, Ok("""{"data":{"token":"c2VjcmV0"""), Ok("""{"data":{}}"""));

        await _api.GetAsync(Path, CancellationToken.None);

        Assert.That(_server.Calls, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task An_answer_that_is_always_cut_is_reported_without_its_content()
    {
        _server.On(Path, Ok("""{"data":{"token":"c2VjcmV0"""));

        var failure = await Assert.ThrowsAsync<KubernetesApiException>(() => _api.GetAsync(Path, CancellationToken.None));

        Assert.That(failure!.ToString(), Does.Not.Contain("c2VjcmV0"));
        Assert.That(failure.Message, Does.StartWith($"GET {Path}: no answer: "));
    }

    [Test]
    public async Task A_server_that_stays_busy_is_given_up_after_six_requests_and_reported_in_its_words()
    {
        _server.On(Path, Status(503, "ServiceUnavailable", "etcd is away"));

        var failure = await Assert.ThrowsAsync<KubernetesApiException>(() => _api.GetAsync(Path, CancellationToken.None));

        Assert.That((_server.Calls.Count, failure!.Message), Is.EqualTo((6, $"GET {Path}: 503 ServiceUnavailable: etcd is away")));
    }

    [Test]
    public async Task Pauses_grow()
    {
        _server.On(Path, Status(500));

        await Assert.ThrowsAsync<KubernetesApiException>(() => _api.GetAsync(Path, CancellationToken.None));

        Assert.That(_server.Time.Pauses, Has.Count.EqualTo(5).And.Ordered);
    }

    [TestCase("3", 3)]
    [TestCase("0", 0)]
    [TestCase("3600", 10)]
    [TestCase("Fri, 02 Jan 2026 03:04:09 GMT", 4)]
    [TestCase("Thu, 02 Jan 2020 03:04:09 GMT", 0)]
    public async Task The_server_says_how_long_to_wait_up_to_ten_seconds(string retryAfter, int seconds)
    {
        _server.On(Path, Status(429, retryAfter: retryAfter), Ok("{}"));

        await _api.GetAsync(Path, CancellationToken.None);

        Assert.That(_server.Time.Pauses.Sum(pause => pause.TotalSeconds), Is.EqualTo(seconds));
    }

    [TestCase(400)]
    [TestCase(401)]
    [TestCase(403)]
    [TestCase(409)]
    [TestCase(422)]
    public async Task A_refusal_is_final(int status)
    {
        _server.On(Path, Status(status, "Some", "because"));

        var failure = await Assert.ThrowsAsync<KubernetesApiException>(() => _api.GetAsync(Path, CancellationToken.None));

        Assert.That((_server.Calls.Count, (int?)failure!.Status, failure.Reason, failure.ServerMessage), Is.EqualTo((1, (int?)status, "Some", "because")));
    }

    [Test]
    public async Task A_refusal_in_plain_text_is_reported_cut_to_size()
    {
        _server.On(Path, _ => new HttpResponseMessage(HttpStatusCode.Forbidden) { Content = new StringContent(new string('x', 9000)) });

        var failure = await Assert.ThrowsAsync<KubernetesApiException>(() => _api.GetAsync(Path, CancellationToken.None));

        Assert.That(failure!.ServerMessage, Has.Length.EqualTo(501));
    }

    [Test]
    public async Task A_certificate_that_is_not_trusted_is_not_asked_for_again()
    {
        _server.On(Path, Throw(new HttpRequestException("TLS", new AuthenticationException("UntrustedRoot"))));

        var failure = await Assert.ThrowsAsync<KubernetesApiException>(() => _api.GetAsync(Path, CancellationToken.None));

        Assert.That((_server.Calls.Count, failure!.ServerMessage, failure.IsUnreachable), Is.EqualTo((1, "UntrustedRoot at http://cluster.", true)));
    }

    [Test]
    public async Task A_kubectl_that_does_not_start_is_not_asked_again()
    {
        _server.On(Path, Throw(new HttpRequestException("proxy", new KubernetesApiException("kubectl proxy", null, string.Empty, "error: no context"))));

        await Assert.ThrowsAsync<KubernetesApiException>(() => _api.GetAsync(Path, CancellationToken.None));

        Assert.That(_server.Calls, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task What_is_not_there_is_null_and_an_empty_list() =>
        Assert.That(
            (await _api.GetAsync(Path, CancellationToken.None), (await _api.ListAsync(Path, CancellationToken.None)).Count),
            Is.EqualTo(((JsonObject?)null, 0))
        );

    [Test]
    public async Task A_server_that_hangs_is_given_up_after_one_timeout()
    {
        using var hanging = new HangingHandler();
        using var api = new ClusterApi("dp1", new HttpClient(hanging) { BaseAddress = new Uri("http://cluster/") })
        {
            RequestTimeout = TimeSpan.FromMilliseconds(20),
        };

        var failure = await Assert.ThrowsAsync<KubernetesApiException>(() => api.GetAsync(Path, CancellationToken.None));

        Assert.That((hanging.Requests, failure!.Status, failure.IsUnreachable), Is.EqualTo((1, (HttpStatusCode?)null, true)));
    }

    [Test]
    public async Task A_server_that_hangs_is_given_up_when_the_runs_longest_wait_is_over()
    {
        using var hanging = new HangingHandler();
        using var api = new ClusterApi("dp1", new HttpClient(hanging) { BaseAddress = new Uri("http://cluster/") })
        {
            CallTimeout = TimeSpan.FromMilliseconds(100),
        };

        var failure = await Assert.ThrowsAsync<KubernetesApiException>(() => api.GetAsync(Path, CancellationToken.None));

        Assert.That(failure!.Message, Does.Contain("no answer within 0.1 s at "));
    }

    [Test]
    public async Task A_busy_server_is_not_asked_again_beyond_the_runs_longest_wait()
    {
        _server.On(Path, Status(503, "ServiceUnavailable"), Ok("{}"));
        using var api = _server.Api(callTimeout: TimeSpan.FromMilliseconds(10));

        var failure = await Assert.ThrowsAsync<KubernetesApiException>(() => api.GetAsync(Path, CancellationToken.None));

        Assert.That((_server.Calls.Count, failure!.Status), Is.EqualTo((1, HttpStatusCode.ServiceUnavailable)));
    }

    [Test]
    public void A_run_that_is_interrupted_ends_the_request_as_such()
    {
        using var hanging = new HangingHandler();
        using var api = new ClusterApi("dp1", new HttpClient(hanging) { BaseAddress = new Uri("http://cluster/") });
        using var interrupted = new CancellationTokenSource();
        var asked = api.GetAsync(Path, interrupted.Token);
        interrupted.Cancel();

        Assert.That(async () => await asked, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task A_patch_that_lost_the_servers_own_race_is_sent_again()
    {
        _server.On(Path, Status(409, "Conflict"), Status(409, "AlreadyExists"), Ok("{}"));

        await _api.ApplyAsync(await Permits.GetAsync(), Path, [], "me", CancellationToken.None);

        Assert.That(_server.Calls, Has.Count.EqualTo(3));
    }

    [Test]
    public async Task A_patch_of_a_resource_version_that_is_gone_is_refused()
    {
        _server.On(Path, Status(409, "Conflict"));
        var permit = await Permits.GetAsync();

        await Assert.ThrowsAsync<KubernetesApiException>(() =>
            _api.MergePatchAsync(permit, Path, new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = "7" } }, "me", CancellationToken.None)
        );

        Assert.That(_server.Calls, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task An_apply_says_who_owns_the_fields_and_forces_them()
    {
        await _api.ApplyAsync(await Permits.GetAsync(), Path, new JsonObject { ["kind"] = "Secret" }, "flyte-multicluster-dp 1", CancellationToken.None);

        var call = _server.Calls.Single();
        Assert.That(
            (call.Method, call.Path, call.ContentType, call.Body),
            Is.EqualTo(("PATCH", Path + "?fieldManager=flyte-multicluster-dp%201&force=true", "application/apply-patch+yaml", """{"kind":"Secret"}"""))
        );
    }

    [Test]
    public async Task A_merge_patch_says_who_owns_the_fields()
    {
        await _api.MergePatchAsync(await Permits.GetAsync(), Path, [], "me", CancellationToken.None);

        var call = _server.Calls.Single();
        Assert.That((call.Method, call.Path, call.ContentType), Is.EqualTo(("PATCH", Path + "?fieldManager=me", "application/merge-patch+json")));
    }

    [Test]
    public async Task A_list_of_metadata_asks_for_no_content()
    {
        _server.On("/api/v1/namespaces/flyte/secrets", Ok("""{"items":[{"metadata":{"name":"a"}}]}"""));

        var items = await _api.ListMetadataAsync("/api/v1/namespaces/flyte/secrets?labelSelector=a%3Db", CancellationToken.None);

        Assert.That(items, Has.Count.EqualTo(1));
        Assert.That(
            _server.Calls.Single().Accept,
            Does.StartWith("application/json; as=PartialObjectMetadataList; g=meta.k8s.io; v=v1")
                .Or.StartWith("application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1")
        );
    }

    [TestCase("https://rancher.example.com/k8s/clusters/c-1")]
    [TestCase("https://rancher.example.com/k8s/clusters/c-1/")]
    public async Task A_path_of_the_servers_own_address_stays(string address)
    {
        using var api = _server.Api(address: address);

        await api.GetAsync("/version", CancellationToken.None);

        Assert.That(_server.Calls.Single().Path, Is.EqualTo("/k8s/clusters/c-1/version"));
    }

    [Test]
    public async Task A_watch_yields_each_event()
    {
        _server.On("/pods", Ok("{\"type\":\"ADDED\"}\n{\"type\":\"MODIFIED\"}\n"));

        Assert.That(await WatchedAsync("/pods?resourceVersion=5"), Is.EqualTo(new[] { "ADDED", "MODIFIED" }));
        Assert.That(_server.Calls.Single().Path, Is.EqualTo("/pods?resourceVersion=5&watch=1"));
    }

    [Test]
    public async Task A_watch_that_is_cut_in_the_middle_ends()
    {
        _server.On("/pods", Ok("{\"type\":\"ADDED\"}\n{\"type\":\"MODI"));

        Assert.That(await WatchedAsync("/pods"), Is.EqualTo(new[] { "ADDED" }));
    }

    [TestCase(410)]
    [TestCase(429)]
    [TestCase(500)]
    public async Task A_watch_that_the_server_cannot_serve_now_ends(int status)
    {
        _server.On("/pods", Status(status));

        Assert.That(await WatchedAsync("/pods"), Is.Empty);
    }

    [Test]
    public async Task A_watch_whose_connection_breaks_ends()
    {
        _server.On("/pods", Throw(new HttpRequestException("reset", new SocketException((int)SocketError.ConnectionReset))));

        Assert.That(await WatchedAsync("/pods"), Is.Empty);
    }

    [Test]
    public void A_watch_that_is_forbidden_is_refused()
    {
        _server.On("/pods", Status(403, "Forbidden"));

        Assert.That(async () => await WatchedAsync("/pods"), Throws.TypeOf<KubernetesApiException>());
    }

    private async Task<IReadOnlyList<string?>> WatchedAsync(string path)
    {
        var seen = new List<string?>();
        await foreach (var happened in _api.WatchAsync(path, CancellationToken.None))
            seen.Add((string?)happened["type"]);
        return seen;
    }

    private sealed class HangingHandler : HttpMessageHandler
    {
        public int Requests { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException();
        }
    }
}
