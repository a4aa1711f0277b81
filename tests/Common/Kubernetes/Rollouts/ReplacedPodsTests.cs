using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Kubernetes.Rollouts;
using k8s.Models;
using NUnit.Framework;
using static Flyte.MultiCluster.Tests.Common.Kubernetes.FakeApiServer;

namespace Flyte.MultiCluster.Tests.Common.Kubernetes.Rollouts;

/// <summary>Pods that a rollout has replaced and that still answer.</summary>
internal sealed class ReplacedPodsTests
{
    private const string Pods = "/api/v1/namespaces/flyte/pods";

    private FakeApiServer _server = null!;
    private List<string> _reported = null!;

    [SetUp]
    public void Start() => (_server, _reported) = (new FakeApiServer(), []);

    [TearDown]
    public void End() => _server.Dispose();

    [Test]
    public void A_pod_of_an_older_ReplicaSet_is_one_whether_it_ends_or_not() =>
        Assert.That(
            Names(Pod("new", "d-2", 5), Pod("old", "d-1", 1), Pod("ending", "d-1", 1, deletion: 30), Pod("other", "e-1", 0)),
            Is.EqualTo(new[] { "old", "ending" })
        );

    [Test]
    public void A_pod_of_the_newest_ReplicaSet_is_none_though_it_ends() =>
        Assert.That(Names(Pod("new", "d-2", 5), Pod("evicted", "d-2", 4, deletion: 30)), Is.Empty);

    [Test]
    public void A_pod_that_has_ended_answers_nobody() => Assert.That(Names(Pod("new", "d-2", 5), Pod("failed", "d-1", 1, phase: "Failed")), Is.Empty);

    [Test]
    public void Of_a_Deployment_without_pods_those_that_end_are_replaced() =>
        Assert.That(Names(Pod("ending", "d-1", 1, deletion: 30)), Is.EqualTo(new[] { "ending" }));

    [Test]
    public async Task Where_there_is_none_the_pods_are_read_once_and_nothing_is_said()
    {
        var wait = await WaitAsync(List(Pod("new", "d-2", 5)));

        Assert.That((wait.Gone, wait.Left, _server.Calls.Count, _reported.Count), Is.EqualTo((0, Array.Empty<string>(), 1, 0)));
    }

    [Test]
    public async Task They_are_waited_for_and_reported()
    {
        var both = List(Pod("new", "d-2", 5), Pod("ending", "d-1", 1, deletion: 30));

        var wait = await WaitAsync(both, both, both, List(Pod("new", "d-2", 5)));

        Assert.That((wait.Gone, wait.Left.Count, wait.Waited > TimeSpan.Zero, _server.Calls.Count), Is.EqualTo((1, 0, true, 4)));
        Assert.That(_reported, Has.Count.EqualTo(1).And.Some.Contains("1 replaced pod of d"));
    }

    [Test]
    public async Task One_that_stays_is_given_up_after_its_grace_period()
    {
        var wait = await WaitAsync(List(Pod("new", "d-2", 5), Pod("stuck", "d-1", 1, deletion: 7)));

        Assert.That(wait.Left, Is.EqualTo(new[] { "stuck" }));
        Assert.That(wait.Waited, Is.GreaterThan(TimeSpan.FromSeconds(15)).And.LessThan(TimeSpan.FromSeconds(20)), "Its 7 s, and 10 more.");
    }

    [Test]
    public async Task One_on_a_lost_node_is_not_waited_for_in_every_run()
    {
        var wait = await WaitAsync(List(Pod("new", "d-2", 5), Pod("lost", "d-1", 1, deletion: -3600)));

        Assert.That((wait.Left.Count, _server.Calls.Count), Is.EqualTo((1, 1)));
    }

    private static IEnumerable<string> Names(params JsonObject[] pods) =>
        ReplacedPods.Of(pods.Select(pod => pod.As<V1Pod>()), "d").Select(pod => pod.Metadata.Name);

    private async Task<ReplacedPodsWait> WaitAsync(params Func<ApiCall, HttpResponseMessage>[] answers)
    {
        _server.On(Pods, answers);
        using var api = _server.Api();
        return await new ReplacedPods(api, "flyte", "d").UntilGoneAsync(_reported.Add, default);
    }

    private static Func<ApiCall, HttpResponseMessage> List(params JsonObject[] pods) =>
        Ok($$"""{"items":[{{string.Join(',', pods.Select(pod => pod.ToJsonString()))}}]}""");

    // The deletion is in seconds from now: when the grace period ends.
    private JsonObject Pod(string name, string replicaSet, int minute, int? deletion = null, string phase = "Running")
    {
        var pod = (JsonObject)
            JsonNode.Parse(
                $$$"""{"metadata":{"name":"{{{name}}}","creationTimestamp":"2026-01-02T03:{{{minute:00}}}:05Z","ownerReferences":[{"kind":"ReplicaSet","name":"{{{replicaSet}}}"}]},"status":{"phase":"{{{phase}}}"} }"""
            )!;
        if (deletion is { } seconds)
        {
            pod["metadata"]!["deletionTimestamp"] = _server
                .Time.GetUtcNow()
                .AddSeconds(seconds)
                .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
            pod["metadata"]!["deletionGracePeriodSeconds"] = Math.Max(seconds, 0);
        }

        return pod;
    }
}
