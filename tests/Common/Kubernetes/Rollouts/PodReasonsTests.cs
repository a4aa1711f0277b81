using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Kubernetes.Rollouts;
using Flyte.MultiCluster.Tests.Common.Values;
using k8s.Models;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Kubernetes.Rollouts;

/// <summary>Why pods do not become ready, with their events and the logs of containers that have ended.</summary>
internal sealed class PodReasonsTests
{
    private const string Events = "/api/v1/namespaces/flyte/events";
    private const string Log = "/api/v1/namespaces/flyte/pods/p/log";

    private FakeApiServer _server = null!;
    private TemporaryFolder _folder = null!;
    private List<string> _reported = null!;

    [SetUp]
    public void Start() => (_server, _folder, _reported) = (new FakeApiServer(), new TemporaryFolder(), []);

    [TearDown]
    public void End()
    {
        _server.Dispose();
        _folder.Dispose();
    }

    [Test]
    public async Task Events_are_asked_for_where_the_containers_say_nothing()
    {
        _server.On(Events, FakeApiServer.Ok("""{"items":[{"involvedObject":{"name":"p"},"reason":"FailedMount","message":"no such secret"}]}"""));

        Assert.That(await LinesAsync("""{"waiting":{"reason":"ContainerCreating"}}"""), Is.EqualTo(new[] { "pod p: FailedMount: no such secret" }));
        Assert.That(
            _server.Calls.Select(call => Uri.UnescapeDataString(call.Path)),
            Is.EqualTo(new[] { $"{Events}?fieldSelector=involvedObject.kind=Pod,type=Warning" })
        );
    }

    [TestCase("""{"running":{}}""", "True")]
    [TestCase("""{"waiting":{"reason":"CreateContainerConfigError","message":"no key"}}""", "False")]
    public async Task Events_are_not_asked_for_where_nothing_is_to_be_said_or_all_is(string state, string ready)
    {
        await LinesAsync(state, ready);

        Assert.That(_server.Calls, Is.Empty);
    }

    [Test]
    public async Task Events_that_may_not_be_read_are_done_without_and_reported_once()
    {
        _server.On(Events, FakeApiServer.Status(403, "Forbidden", "events is forbidden"));
        using var api = _server.Api();
        var reasons = new PodReasons(api, "flyte", null, _reported.Add);

        var first = await LinesAsync("""{"waiting":{"reason":"ContainerCreating"}}""", reasons: reasons);
        await LinesAsync("""{"waiting":{"reason":"ContainerCreating"}}""", reasons: reasons);

        Assert.That(first, Is.Empty);
        Assert.That(_reported, Has.Count.EqualTo(1).And.Some.Contains("list events"));
        Assert.That(_server.Calls, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Of_a_container_that_crashes_the_end_of_its_last_log_is_reported_and_all_of_it_kept_without_tokens()
    {
        const string Token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJmbHl0ZSJ9.c2lnbmF0dXJl";
        _server.On(Log, FakeApiServer.Ok($"starting\nAuthorization: Bearer {Token}\npostgres://flyte:hunter2@db/flyte\nno database\n\n"));

        var line = (await LinesAsync(Crashing)).Single();

        var file = Directory.EnumerateFiles(_folder.Path).Single();
        Assert.That(line, Is.EqualTo($"pod p, container c: CrashLoopBackOff: no database (its log: {file})"));
        Assert.That(await File.ReadAllTextAsync(file), Does.StartWith("starting\n").And.Not.Contain(Token).And.Not.Contain("hunter2"));
        Assert.That(_server.Calls.Single().Path, Does.Contain("previous=true").And.Contain("container=c"));
    }

    [Test]
    public async Task A_log_that_cannot_be_read_leaves_what_the_pods_status_says()
    {
        _server.On(Log, FakeApiServer.Status(403, "Forbidden", "pods/log is forbidden"));

        Assert.That(await LinesAsync(Crashing), Is.EqualTo(new[] { "pod p, container c: CrashLoopBackOff: the last line" }));
    }

    [Test]
    public async Task A_log_is_read_once_for_each_restart()
    {
        _server.On(Log, FakeApiServer.Ok("no database\n"));
        using var api = _server.Api();
        var reasons = new PodReasons(api, "flyte");

        await LinesAsync(Crashing, reasons: reasons);
        await LinesAsync(Crashing, reasons: reasons);

        Assert.That(_server.Calls, Has.Count.EqualTo(1));
    }

    private const string Crashing =
        """{"waiting":{"reason":"CrashLoopBackOff","message":"back-off 10s"}},"restartCount":2,"lastState":{"terminated":{"exitCode":1,"message":"first\nthe last line\n"}}""";

    private async Task<IReadOnlyList<string>> LinesAsync(string state, string ready = "False", PodReasons? reasons = null)
    {
        using var api = _server.Api();
        var pod = (JsonObject)
            JsonNode.Parse(
                """{"metadata":{"name":"p","ownerReferences":[{"kind":"ReplicaSet","name":"d-1"}]},"status":{"conditions":[{"type":"Ready","status":"READY"}],"containerStatuses":[{"name":"c","state":STATE}]}}"""
                    .Replace("STATE", state, StringComparison.Ordinal)
                    .Replace("READY", ready, StringComparison.Ordinal)
            )!;
        return (await (reasons ?? new PodReasons(api, "flyte", new PodLogs(_folder.Path), _reported.Add)).OfAsync([pod.As<V1Pod>()], ["d"], default))["d"];
    }
}
