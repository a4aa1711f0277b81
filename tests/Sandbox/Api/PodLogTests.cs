using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Api;
using Flyte.MultiCluster.Sandbox.Store;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Api;

/// <summary>The logs of pods.</summary>
internal sealed class PodLogTests
{
    [Test]
    public void The_previous_log_ends_with_what_the_container_said_last() =>
        Assert.That(PodLog.Of(Pod("waiting"), "main", previous: true), Does.EndWith("panic: no key\n\n"));

    [Test]
    public void A_container_that_runs_has_a_log_without_it() =>
        Assert.That(PodLog.Of(Pod("running"), "main", previous: false), Does.StartWith("The sandbox runs no containers").And.Not.Contain("panic"));

    [TestCase(null, false, "a container name must be specified for pod p, choose one of: [main init]")]
    [TestCase("mian", false, "container mian is not valid for pod p")]
    [TestCase("init", true, "previous terminated container \"init\" in pod \"p\" not found")]
    [TestCase("init", false, "container \"init\" in pod \"p\" is waiting to start: PodInitializing")]
    public void What_there_is_no_log_of_is_refused(string? container, bool previous, string message) =>
        Assert.That(
            () => PodLog.Of(Pod("waiting"), container, previous),
            Throws.TypeOf<ApiException>().With.Message.EqualTo(message).And.Property("Code").EqualTo(400)
        );

    private static JsonObject Pod(string state) =>
        (JsonObject)
            JsonNode.Parse(
                """
                {"metadata":{"name":"p"},"spec":{"containers":[{"name":"main"}],"initContainers":[{"name":"init"}]},
                 "status":{"initContainerStatuses":[{"name":"init","state":{"waiting":{"reason":"PodInitializing"}}}],
                  "containerStatuses":[{"name":"main","state":{"STATE":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":{"exitCode":2,"message":"panic: no key\n"}}}]}}
                """.Replace("STATE", state, StringComparison.Ordinal)
            )!;
}
