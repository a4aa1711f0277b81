using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Kubernetes.Rollouts;
using k8s.Models;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Kubernetes.Rollouts;

/// <summary>What keeps pods from becoming ready.</summary>
internal sealed class PodBlockersTests
{
    [TestCase(
        """{"containerStatuses":[{"name":"c","state":{"waiting":{"reason":"ImagePullBackOff","message":"Back-off pulling image x"}}}]}""",
        "pod p, container c: ImagePullBackOff: Back-off pulling image x"
    )]
    [TestCase(
        """{"containerStatuses":[{"name":"c","state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off 10s"}},"lastState":{"terminated":{"message":"panic:\n no such file"}}}]}""",
        "pod p, container c: CrashLoopBackOff: no such file"
    )]
    [TestCase(
        """{"containerStatuses":[{"name":"c","state":{"terminated":{"exitCode":2,"reason":"Error","message":"starting\n\nfailed to connect\n\n"}}}]}""",
        "pod p, container c: Error: failed to connect"
    )]
    [TestCase("""{"initContainerStatuses":[{"name":"c","state":{"terminated":{"exitCode":0,"reason":"Completed"}}}]}""", null)]
    [TestCase(
        """{"containerStatuses":[{"name":"c","state":{"waiting":{"reason":"CreateContainerConfigError"}}}]}""",
        "pod p, container c: CreateContainerConfigError"
    )]
    [TestCase(
        """{"initContainerStatuses":[{"name":"init","state":{"waiting":{"reason":"CrashLoopBackOff"}}}],"containerStatuses":[{"name":"c","state":{"waiting":{"reason":"PodInitializing"}}}]}""",
        "pod p, container init: CrashLoopBackOff"
    )]
    [TestCase(
        """{"conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/1 nodes are available"}]}""",
        "pod p: Unschedulable: 0/1 nodes are available"
    )]
    [TestCase("""{"containerStatuses":[{"name":"c","state":{"waiting":{"reason":"ContainerCreating"}}}]}""", null)]
    [TestCase("""{"containerStatuses":[{"name":"c","ready":true,"state":{"running":{}}}],"conditions":[{"type":"PodScheduled","status":"True"}]}""", null)]
    [TestCase("""{}""", null)]
    public void A_pod_is_reported_in_the_kubelets_and_the_schedulers_words(string status, string? expected) =>
        Assert.That(PodBlockers.Of([Pod("p", "flyteadmin-5d4f", status)], "flyteadmin"), expected is null ? Is.Empty : Is.EqualTo(new[] { expected }));

    [Test]
    public void Long_messages_are_cut() =>
        Assert.That(
            PodBlockers
                .Of(
                    [
                        Pod(
                            "p",
                            "flyteadmin-5d4f",
                            """{"containerStatuses":[{"name":"c","state":{"waiting":{"reason":"Bad","message":"LONG"}}}]}""".Replace(
                                "LONG",
                                new string('x', 5000),
                                StringComparison.Ordinal
                            )
                        ),
                    ],
                    "flyteadmin"
                )
                .Single(),
            Has.Length.LessThan(300)
        );

    [TestCase("one\ntwo\n\n  \n", "two")]
    [TestCase("starting\npanic: no key\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:7 +0x1d\nexit status 2\n", "panic: no key")]
    [TestCase("panic: recovered\ngoing on\nno database", "no database")]
    [TestCase("", "")]
    public void A_log_is_reported_by_the_line_that_says_how_it_ended(string log, string expected) =>
        Assert.That(PodBlocker.LastLine(log), Is.EqualTo(expected));

    [TestCase("ContainerCreating", "FailedMount", "pod p: FailedMount: what happened")]
    [TestCase("ContainerCreating", "FailedCreatePodSandBox", "pod p: FailedCreatePodSandBox: what happened")]
    [TestCase("ContainerCreating", "FailedScheduling", null)]
    [TestCase("ContainerCreating", "Unhealthy", null)]
    [TestCase("running", "Unhealthy", "pod p: Unhealthy: what happened")]
    [TestCase("running", "FailedMount", null)]
    public void An_event_says_what_a_pods_containers_do_not(string state, string reason, string? expected)
    {
        var status =
            state == "running"
                ? """{"containerStatuses":[{"name":"c","state":{"running":{}}}]}"""
                : """{"containerStatuses":[{"name":"c","state":{"waiting":{"reason":"ContainerCreating"}}}]}""";

        Assert.That(
            PodBlockers.Of([Pod("p", "flyteadmin-5d4f", status)], "flyteadmin", [Event("p", reason, "what happened")]),
            expected is null ? Is.Empty : Is.EqualTo(new[] { expected })
        );
    }

    [Test]
    public void The_newest_event_of_the_pod_itself_counts() =>
        Assert.That(
            PodBlockers.Of(
                [Pod("p", "flyteadmin-5d4f", "{}")],
                "flyteadmin",
                [
                    Event("p", "FailedMount", "old", 1),
                    Event("p", "FailedMount", "new", 3),
                    Event("other", "FailedMount", "another's", 5),
                    Event("p", "FailedMount", "older", 2),
                ]
            ),
            Is.EqualTo(new[] { "pod p: FailedMount: new" })
        );

    [Test]
    public void A_ready_pods_events_are_history() =>
        Assert.That(
            PodBlockers.Of(
                [Pod("p", "flyteadmin-5d4f", """{"conditions":[{"type":"Ready","status":"True"}]}""")],
                "flyteadmin",
                [Event("p", "Unhealthy", "once")]
            ),
            Is.Empty
        );

    [Test]
    public void Why_an_image_does_not_come_is_reported_by_the_event_of_its_pull() =>
        Assert.That(
            PodBlockers.Of(
                [
                    Pod(
                        "p",
                        "flyteadmin-5d4f",
                        """{"containerStatuses":[{"name":"c","state":{"waiting":{"reason":"ImagePullBackOff","message":"Back-off pulling image x"}}}]}"""
                    ),
                ],
                "flyteadmin",
                [Event("p", "Failed", "Failed to pull image x: not found", 1), Event("p", "Failed", "Error: ImagePullBackOff", 2)]
            ),
            Is.EqualTo(new[] { "pod p, container c: ImagePullBackOff: Failed to pull image x: not found" })
        );

    [Test]
    public void A_pod_that_goes_blocks_nothing()
    {
        var pod = Pod("p", "flyteadmin-5d4f", """{"containerStatuses":[{"name":"c","state":{"waiting":{"reason":"ImagePullBackOff"}}}]}""");
        pod.Metadata.DeletionTimestamp = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

        Assert.That(PodBlockers.Of([pod], "flyteadmin"), Is.Empty);
    }

    [TestCase("flyteadmin-5d4f", "flyteadmin", true)]
    [TestCase("flyteadmin-extra-5d4f", "flyteadmin", false)]
    [TestCase("flyteadmin", "flyteadmin", false)]
    [TestCase("datacatalog-5d4f", "flyteadmin", false)]
    public void A_pod_belongs_to_a_Deployment_through_its_ReplicaSet(string replicaSet, string deployment, bool expected) =>
        Assert.That(PodBlockers.IsOf(Pod("p", replicaSet, "{}"), deployment), Is.EqualTo(expected));

    [Test]
    public void A_pod_without_an_owner_belongs_to_none() =>
        Assert.That(PodBlockers.IsOf(new V1Pod { Metadata = new V1ObjectMeta { Name = "flyteadmin-5d4f-x" } }, "flyteadmin"), Is.False);

    private static Corev1Event Event(string pod, string reason, string message, int minute = 0) =>
        new JsonObject
        {
            ["involvedObject"] = new JsonObject { ["kind"] = "Pod", ["name"] = pod },
            ["reason"] = reason,
            ["message"] = message,
            ["lastTimestamp"] = $"2026-01-02T03:{minute:00}:05Z",
        }.As<Corev1Event>();

    private static V1Pod Pod(string name, string replicaSet, string status) =>
        new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["ownerReferences"] = new JsonArray(new JsonObject { ["kind"] = "ReplicaSet", ["name"] = replicaSet }),
            },
            ["status"] = JsonNode.Parse(status),
        }.As<V1Pod>();
}
