using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net.Sockets;
using Flyte.MultiCluster.Common.Kubernetes.Rollouts;
using NUnit.Framework;
using static Flyte.MultiCluster.Tests.Common.Kubernetes.FakeApiServer;

namespace Flyte.MultiCluster.Tests.Common.Kubernetes.Rollouts;

/// <summary>Waiting until a release's Deployments are available.</summary>
internal sealed class RolloutWatcherTests
{
    private const string Deployments = "/apis/apps/v1/namespaces/flyte/deployments";
    private const string Pods = "/api/v1/namespaces/flyte/pods";

    private readonly List<string> _reported = [];
    private Pipe _watch = null!;
    private FakeApiServer _server = null!;

    [SetUp]
    public void Start()
    {
        _reported.Clear();
        _watch = new Pipe();
        _server = new FakeApiServer();
    }

    [TearDown]
    public void End() => _server.Dispose();

    [Test]
    public async Task Deployments_that_are_available_need_no_watch()
    {
        _server.On(Deployments, List(Deployment("a", 1), Deployment("b", 1), Deployment("other", 0, "other-release")));

        Assert.That(await WaitAsync(TimeSpan.FromMinutes(1)), Is.EqualTo(new[] { "a", "b" }));
        Assert.That(_server.Calls, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_Deployment_that_becomes_available_is_seen()
    {
        _server.On(Deployments, List(Deployment("a", 0)), Watch(Deployment("a", 1)), List(Deployment("a", 1)));

        Assert.That(await WaitAsync(TimeSpan.FromMinutes(1)), Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public async Task A_watch_that_breaks_begins_again_from_a_list()
    {
        _server.On(
            Deployments,
            List(Deployment("a", 0)),
            Throw(new HttpRequestException("reset", new SocketException((int)SocketError.ConnectionReset))),
            List(Deployment("a", 0)),
            Status(410, "Expired"),
            List(Deployment("a", 1))
        );

        Assert.That(await WaitAsync(TimeSpan.FromMinutes(1)), Is.EqualTo(new[] { "a" }));
    }

    [Test, CancelAfter(60_000)]
    public async Task Every_30_seconds_it_says_how_long_it_has_waited_and_for_what()
    {
        var watch = new Pipe();
        var lines = new ConcurrentQueue<string>();
        bool IsLongEnough() => lines.Count >= 2;
        _server.On(Pods, List());
        _server.On(
            Deployments,
            call =>
                call.Path.Contains("watch=1", StringComparison.Ordinal)
                    ? new HttpResponseMessage { Content = new StreamContent(watch.Reader.AsStream()) }
                    : List(Deployment("a", IsLongEnough() ? 1 : 0), Deployment("b", 1))(call)
        );
        using var api = _server.Api();

        await new RolloutWatcher(api, "flyte", "r", Hear).UntilAvailableAsync(TimeSpan.FromMinutes(1), CancellationToken.None);

        Assert.That(lines.Take(2), Is.EqualTo(new[] { "waiting for Deployment a for 30 s", "waiting for Deployment a for 60 s" }));

        void Hear(string line)
        {
            if (line.StartsWith("waiting", StringComparison.Ordinal))
                lines.Enqueue(line);
            if (IsLongEnough())
                watch.Writer.Complete();
        }
    }

    [Test]
    public async Task What_blocks_them_is_reported_in_the_end()
    {
        _server.On(Deployments, call => (call.Path.Contains("watch=1", StringComparison.Ordinal) ? Ok(string.Empty) : List(Deployment("a", 0)))(call));
        _server.On(
            Pods,
            List(
                """{"metadata":{"name":"a-1-x","ownerReferences":[{"kind":"ReplicaSet","name":"a-1"}]},"status":{"containerStatuses":[{"name":"c","state":{"waiting":{"reason":"ImagePullBackOff"}}}]}}"""
            )
        );

        var failure = await Assert.ThrowsAsync<RolloutException>(() => WaitAsync(TimeSpan.FromMilliseconds(30)));

        Assert.That(failure!.Blockers, Is.EqualTo(new[] { "Deployment a: 0 of 1 updated replicas are available", "pod a-1-x, container c: ImagePullBackOff" }));
    }

    [Test]
    public async Task What_a_pod_waits_for_is_reported_while_it_waits()
    {
        _server.On(Deployments, List(Deployment("a", 0)), WatchUntilReported, List(Deployment("a", 1)));
        _server.On(
            Pods,
            List(
                """{"metadata":{"name":"a-1-x","ownerReferences":[{"kind":"ReplicaSet","name":"a-1"}]},"status":{"containerStatuses":[{"name":"c","state":{"waiting":{"reason":"ContainerCreating"}}}]}}"""
            )
        );
        _server.On(
            "/api/v1/namespaces/flyte/events",
            List("""{"involvedObject":{"kind":"Pod","name":"a-1-x"},"reason":"FailedMount","message":"secret \"s\" not found"}""")
        );

        await WaitAsync(TimeSpan.FromMinutes(5));

        Assert.That(_reported, Does.Contain("pod a-1-x: FailedMount: secret \"s\" not found"));
    }

    [TestCase(1, true)]
    [TestCase(0, false)]
    public void A_Deployment_at_0_replicas_is_available_only_where_that_is_wanted(int wanted, bool isRefused)
    {
        _server.On(
            Deployments,
            List(
                Deployment("a", 1),
                Deployment("b", 0)
                    .Replace("\"replicas\":1,\"updatedReplicas\":1,", string.Empty, StringComparison.Ordinal)
                    .Replace("\"replicas\":1", "\"replicas\":0", StringComparison.Ordinal)
            )
        );
        using var api = _server.Api();
        var numbers = new Dictionary<string, int> { ["a"] = 1, ["b"] = wanted };
        var watcher = new RolloutWatcher(api, "flyte", "r", Report, wanted: _ => Task.FromResult<IReadOnlyDictionary<string, int>>(numbers));

        Assert.That(
            () => watcher.UntilAvailableAsync(TimeSpan.FromMinutes(1), default),
            isRefused ? Throws.TypeOf<RolloutException>().With.Message.StartsWith("Deployment b is scaled to 0 replicas.") : Throws.Nothing
        );
    }

    [Test]
    public void A_release_without_a_Deployment_is_reported()
    {
        _server.On(Deployments, call => (call.Path.Contains("watch=1", StringComparison.Ordinal) ? Ok(string.Empty) : List())(call));

        Assert.That(
            () => WaitAsync(TimeSpan.FromMilliseconds(30)),
            Throws.TypeOf<RolloutException>().With.Message.Contains("release r has no Deployment in namespace flyte")
        );
    }

    [Test]
    public void An_interruption_is_no_failed_rollout()
    {
        _server.On(Deployments, List(Deployment("a", 0)));
        using var api = _server.Api();

        Assert.That(
            () => new RolloutWatcher(api, "flyte", "r", _ => { }).UntilAvailableAsync(TimeSpan.FromMinutes(1), new CancellationToken(canceled: true)),
            Throws.InstanceOf<OperationCanceledException>()
        );
    }

    // A watch in which nothing happens, and which ends when a pod's reason was reported.
    private HttpResponseMessage WatchUntilReported(ApiCall call) => new(System.Net.HttpStatusCode.OK) { Content = new StreamContent(_watch.Reader.AsStream()) };

    private void Report(string line)
    {
        _reported.Add(line);
        if (line.StartsWith("pod ", StringComparison.Ordinal))
            _watch.Writer.Complete();
    }

    private async Task<IReadOnlyList<string>> WaitAsync(TimeSpan timeout)
    {
        using var api = _server.Api();
        return await new RolloutWatcher(api, "flyte", "r", Report).UntilAvailableAsync(timeout, CancellationToken.None);
    }

    private static Func<ApiCall, HttpResponseMessage> List(params string[] items) =>
        Ok($$"""{"metadata":{"resourceVersion":"5"},"items":[{{string.Join(',', items)}}]}""");

    private static Func<ApiCall, HttpResponseMessage> Watch(string deployment) => Ok($$"""{"type":"MODIFIED","object":{{deployment}}}""" + "\n");

    private static string Deployment(string name, int available, string release = "r") =>
        """
            {"metadata":{"name":"NAME","generation":1,"annotations":{"meta.helm.sh/release-name":"RELEASE"}},"spec":{"replicas":1},"status":{"observedGeneration":1,"replicas":1,"updatedReplicas":1,"availableReplicas":AVAILABLE}}
            """.Replace("NAME", name, StringComparison.Ordinal).Replace("RELEASE", release, StringComparison.Ordinal).Replace(
            "AVAILABLE",
            $"{available}",
            StringComparison.Ordinal
        );
}
