using System.Text.Json.Nodes;
using Flyte.MultiCluster.Rollouts;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Rollouts;

/// <summary>What keeps pods from becoming ready.</summary>
internal sealed class PodBlockersTests
{
    [TestCase("""{"containerStatuses":[{"name":"c","state":{"waiting":{"reason":"ImagePullBackOff","message":"Back-off pulling image x"}}}]}""", "pod p, container c: ImagePullBackOff: Back-off pulling image x")]
    [TestCase("""{"containerStatuses":[{"name":"c","state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off 10s"}},"lastState":{"terminated":{"message":"panic:\n no such file"}}}]}""", "pod p, container c: CrashLoopBackOff: panic:  no such file")]
    [TestCase("""{"containerStatuses":[{"name":"c","state":{"waiting":{"reason":"CreateContainerConfigError"}}}]}""", "pod p, container c: CreateContainerConfigError")]
    [TestCase("""{"initContainerStatuses":[{"name":"init","state":{"waiting":{"reason":"CrashLoopBackOff"}}}],"containerStatuses":[{"name":"c","state":{"waiting":{"reason":"PodInitializing"}}}]}""", "pod p, container init: CrashLoopBackOff")]
    [TestCase("""{"conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/1 nodes are available"}]}""", "pod p: Unschedulable: 0/1 nodes are available")]
    [TestCase("""{"containerStatuses":[{"name":"c","state":{"waiting":{"reason":"ContainerCreating"}}}]}""", null)]
    [TestCase("""{"containerStatuses":[{"name":"c","ready":true,"state":{"running":{}}}],"conditions":[{"type":"PodScheduled","status":"True"}]}""", null)]
    [TestCase("""{}""", null)]
    public void A_pod_is_told_in_the_kubelets_and_the_schedulers_words(string status, string? expected)
        => Assert.That(PodBlockers.Of([Pod("p", "flyteadmin-5d4f", status)], "flyteadmin"), expected is null ? Is.Empty : Is.EqualTo(new[] { expected }));

    [Test]
    public void Long_messages_are_cut()
        => Assert.That(
            PodBlockers.Of([Pod("p", "flyteadmin-5d4f", """{"containerStatuses":[{"name":"c","state":{"waiting":{"reason":"Bad","message":"LONG"}}}]}""".Replace("LONG", new string('x', 5000), StringComparison.Ordinal))], "flyteadmin").Single(),
            Has.Length.LessThan(300));

    [Test]
    public void A_pod_that_goes_blocks_nothing()
    {
        var pod = Pod("p", "flyteadmin-5d4f", """{"containerStatuses":[{"name":"c","state":{"waiting":{"reason":"ImagePullBackOff"}}}]}""");
        pod["metadata"]!["deletionTimestamp"] = "2026-01-02T03:04:05Z";

        Assert.That(PodBlockers.Of([pod], "flyteadmin"), Is.Empty);
    }

    [TestCase("flyteadmin-5d4f", "flyteadmin", true)]
    [TestCase("flyteadmin-extra-5d4f", "flyteadmin", false)]
    [TestCase("flyteadmin", "flyteadmin", false)]
    [TestCase("datacatalog-5d4f", "flyteadmin", false)]
    public void A_pod_belongs_to_a_Deployment_through_its_ReplicaSet(string replicaSet, string deployment, bool expected)
        => Assert.That(PodBlockers.IsOf(Pod("p", replicaSet, "{}"), deployment), Is.EqualTo(expected));

    [Test]
    public void A_pod_without_an_owner_belongs_to_none()
        => Assert.That(PodBlockers.IsOf((JsonObject)JsonNode.Parse("""{"metadata":{"name":"flyteadmin-5d4f-x"}}""")!, "flyteadmin"), Is.False);

    private static JsonObject Pod(string name, string replicaSet, string status) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = name, ["ownerReferences"] = new JsonArray(new JsonObject { ["kind"] = "ReplicaSet", ["name"] = replicaSet }) },
        ["status"] = JsonNode.Parse(status),
    };
}
