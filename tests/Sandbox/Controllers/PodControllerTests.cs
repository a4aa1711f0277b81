using Flyte.MultiCluster.Sandbox.Faults;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Controllers;

internal sealed class PodControllerTests : ControllerTests
{
    [Test]
    public async Task A_running_pod_has_a_node_an_address_and_a_started_container()
    {
        await Deploy();
        var pod = Pods().Single();
        Assert.Multiple(() =>
        {
            Assert.That(pod["spec"]!["nodeName"]!.GetValue<string>(), Is.Not.Empty);
            Assert.That(Status(pod, "phase")!.GetValue<string>(), Is.EqualTo("Running"));
            Assert.That(Status(pod, "podIP")!.GetValue<string>(), Does.StartWith("10.244."));
            Assert.That(Container(pod, "main")["state"]!["running"]!["startedAt"]!.GetValue<string>(), Is.EqualTo("2026-01-02T03:04:05Z"));
            Assert.That(Container(pod, "main")["ready"]!.GetValue<bool>(), Is.True);
            Assert.That(Cluster.Events("Scheduled"), Has.Count.EqualTo(1));
            Assert.That(Cluster.Events("Started"), Is.EqualTo(new[] { "Container started: main" }));
        });
    }

    [TestCase("secret: {secretName: missing}", "secret", "Secret")]
    [TestCase("configMap: {name: missing}", "configmap", "ConfigMap")]
    [TestCase("projected: {sources: [{configMap: {name: missing}}]}", "configmap", "ConfigMap")]
    public async Task A_pod_waits_for_what_its_volumes_show(string volume, string word, string kind)
    {
        CreatePod(volume);
        await Cluster.Quiet();
        var waiting = Cluster.Get("Pod", "flyte", "reader")!;
        Assert.Multiple(() =>
        {
            Assert.That(Status(waiting, "phase")!.GetValue<string>(), Is.EqualTo("Pending"));
            Assert.That(Waiting(waiting)!["reason"]!.GetValue<string>(), Is.EqualTo("ContainerCreating"));
            Assert.That(Cluster.List("Event", "flyte").Single(e => e["reason"]!.GetValue<string>() == "FailedMount")["count"]!.GetValue<int>(), Is.EqualTo(1));
            Assert.That(Cluster.Events("FailedMount"), Is.EqualTo(new[] { $"MountVolume.SetUp failed for volume \"files\" : {word} \"missing\" not found" }));
        });
        Cluster.Create($$$"""{apiVersion: v1, kind: {{{kind}}}, metadata: {name: missing, namespace: flyte}}""");
        await Cluster.Quiet();
        Assert.That(IsReady(Cluster.Get("Pod", "flyte", "reader")!), Is.True);
    }

    [Test]
    public async Task A_pod_does_not_wait_for_an_optional_secret()
    {
        CreatePod("secret: {secretName: missing, optional: true}");
        await Cluster.Quiet();
        Assert.That(IsReady(Cluster.Get("Pod", "flyte", "reader")!), Is.True);
    }

    [Test]
    public async Task Under_never_ready_a_pod_runs_and_becomes_ready_when_the_fault_goes()
    {
        Cluster.Faults.Set("web", PodFault.NeverReady);
        await Deploy();
        Assert.That(Status(Pods().Single(), "phase")!.GetValue<string>(), Is.EqualTo("Running"));
        Assert.That(Condition(Pods().Single(), "Ready")!["message"]!.GetValue<string>(), Is.EqualTo("containers with unready status: [main]"));
        await RecoversWithoutTheFault();
    }

    [Test]
    public async Task Under_crash_a_pod_backs_off_and_recovers_when_the_fault_goes()
    {
        Cluster.Faults.Set("web", PodFault.Crash);
        await Deploy();
        Assert.Multiple(() =>
        {
            Assert.That(Waiting(Pods().Single())!["reason"]!.GetValue<string>(), Is.EqualTo("CrashLoopBackOff"));
            Assert.That(Waiting(Pods().Single())!["message"]!.GetValue<string>(), Does.StartWith("back-off 10s restarting failed container=main pod=web-"));
            Assert.That(Container(Pods().Single(), "main")["lastState"]!["terminated"]!["exitCode"]!.GetValue<int>(), Is.EqualTo(1));
            Assert.That(Cluster.Events("BackOff"), Has.Count.EqualTo(1));
        });
        await RecoversWithoutTheFault();
    }

    [Test]
    public async Task The_back_off_doubles_up_to_five_minutes()
    {
        Cluster.Faults.Set("web", PodFault.Crash);
        await Deploy();
        var waits = new List<string>();
        foreach (var seconds in new[] { 10, 20, 40, 80, 160, 300 })
        {
            waits.Add(Waiting(Pods().Single())!["message"]!.GetValue<string>().Split(' ')[1]);
            await Cluster.Pass(TimeSpan.FromSeconds(seconds));
        }

        Assert.That(waits, Is.EqualTo(new[] { "10s", "20s", "40s", "1m20s", "2m40s", "5m0s" }));
        Assert.That(Container(Pods().Single(), "main")["restartCount"]!.GetValue<int>(), Is.EqualTo(7));
    }

    [Test]
    public async Task Under_image_pull_a_pod_waits_for_its_image_and_recovers_when_the_fault_goes()
    {
        Cluster.Faults.Set("web", PodFault.ImagePull);
        await Deploy();
        Assert.Multiple(() =>
        {
            Assert.That(Status(Pods().Single(), "phase")!.GetValue<string>(), Is.EqualTo("Pending"));
            Assert.That(Waiting(Pods().Single())!["reason"]!.GetValue<string>(), Is.EqualTo("ImagePullBackOff"));
            Assert.That(Cluster.Events("Failed"), Has.Some.StartWith("Failed to pull image \"web:1\""));
        });
        await RecoversWithoutTheFault();
    }

    [Test]
    public async Task Without_room_a_pod_waits_for_a_node_and_gets_one_when_the_fault_goes()
    {
        Cluster.Faults.Set("web", PodFault.Unschedulable);
        await Deploy();
        Assert.Multiple(() =>
        {
            Assert.That(Status(Pods().Single(), "phase")!.GetValue<string>(), Is.EqualTo("Pending"));
            Assert.That(Condition(Pods().Single(), "PodScheduled")!["reason"]!.GetValue<string>(), Is.EqualTo("Unschedulable"));
            Assert.That(Pods().Single()["spec"]!["nodeName"], Is.Null);
            Assert.That(Cluster.Events("FailedScheduling"), Has.Some.StartWith("0/1 nodes are available: "));
        });
        await RecoversWithoutTheFault();
    }

    [Test]
    public async Task Under_never_ready_the_kubelet_says_that_the_probe_fails()
    {
        Cluster.Faults.Set("web", PodFault.NeverReady);
        await Deploy();

        Assert.That(Cluster.Events("Unhealthy"), Is.EqualTo(new[] { "Readiness probe failed: HTTP probe failed with statuscode: 503" }));
    }

    [Test]
    public async Task A_deleted_pod_is_there_until_its_containers_have_ended_and_its_Deployments_status_does_not_count_it()
    {
        Cluster.Faults.Lingering = TimeSpan.FromSeconds(5);
        await Deploy();
        Cluster.Change("Deployment", "flyte", "web", d => SetImage(d, "web:2"));
        await Cluster.Quiet();

        var old = Pods().Single(pod => pod["spec"]!["containers"]![0]!["image"]!.GetValue<string>() == "web:1");
        Assert.Multiple(() =>
        {
            Assert.That(old["metadata"]!["deletionTimestamp"]!.GetValue<string>(), Is.EqualTo("2026-01-02T03:04:35Z"), "When its grace period of 30 s ends.");
            Assert.That(old["metadata"]!["deletionGracePeriodSeconds"]!.GetValue<int>(), Is.EqualTo(30));
            Assert.That(IsReady(old), Is.True);
            Assert.That(
                new[] { "replicas", "updatedReplicas", "availableReplicas" }.Select(field => Count(Deployment(), field)),
                Is.All.EqualTo(1),
                "The rollout is complete."
            );
        });
        await Cluster.Pass(TimeSpan.FromSeconds(5));
        Assert.That(Pods(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_deletion_with_a_grace_period_of_0_does_not_wait()
    {
        Cluster.Faults.Lingering = TimeSpan.FromSeconds(5);
        await Deploy();
        var name = Pods().Single()["metadata"]!["name"]!.GetValue<string>();

        Cluster.Store.Delete("", "pods", "flyte", name, gracePeriodSeconds: 0);

        Assert.That(Cluster.Get("Pod", "flyte", name), Is.Null);
    }

    [Test]
    public async Task A_pod_outlives_its_grace_period_in_no_case()
    {
        Cluster.Faults.Lingering = TimeSpan.FromHours(1);
        await Deploy();
        Cluster.Store.Delete("", "pods", "flyte", Pods().Single()["metadata"]!["name"]!.GetValue<string>(), gracePeriodSeconds: 3);
        await Cluster.Quiet();
        Assert.That(Pods(), Has.Count.EqualTo(2));

        await Cluster.Pass(TimeSpan.FromSeconds(3));

        Assert.That(Pods(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task With_Recreate_new_pods_wait_for_the_end_of_the_old_ones()
    {
        Cluster.Faults.Lingering = TimeSpan.FromSeconds(5);
        await Deploy(more: "strategy: {type: Recreate}");
        Cluster.Change("Deployment", "flyte", "web", d => SetImage(d, "web:2"));
        await Cluster.Quiet();
        Assert.That(Pods(), Has.Count.EqualTo(1));

        await Cluster.Pass(TimeSpan.FromSeconds(5));

        Assert.That(Pods().Select(pod => pod["spec"]!["containers"]![0]!["image"]!.GetValue<string>()), Is.EqualTo(new[] { "web:2" }));
    }

    [Test]
    public async Task A_fault_leaves_pods_alone_that_were_there_before()
    {
        await Deploy();
        Cluster.Faults.Set("web", PodFault.Crash);
        await Cluster.Quiet();
        Assert.That(IsReady(Pods().Single()), Is.True);
    }

    [Test]
    public async Task A_job_completes()
    {
        Cluster.Create(
            """
            apiVersion: batch/v1
            kind: Job
            metadata: {name: migrate, namespace: flyte}
            spec: {completions: 2, template: {spec: {restartPolicy: Never, containers: [{name: main, image: "job:1"}]}}}
            """
        );
        await Cluster.Quiet();
        var job = Cluster.Get("Job", "flyte", "migrate")!;
        Assert.Multiple(() =>
        {
            Assert.That(Count(job, "succeeded"), Is.EqualTo(2));
            Assert.That(Condition(job, "Complete")!["status"]!.GetValue<string>(), Is.EqualTo("True"));
            Assert.That(Cluster.List("Pod", "flyte").Select(p => Status(p, "phase")!.GetValue<string>()), Is.EqualTo(new[] { "Succeeded", "Succeeded" }));
        });
    }

    [Test]
    public async Task A_stateful_set_numbers_its_pods_and_replaces_them_for_a_new_template()
    {
        Cluster.Create(
            """
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: db, namespace: flyte}
            spec:
              replicas: 2
              serviceName: db
              selector: {matchLabels: {app: db}}
              template: {metadata: {labels: {app: db}}, spec: {containers: [{name: main, image: "db:1"}]}}
            """
        );
        await Cluster.Quiet();
        Cluster.Change("StatefulSet", "flyte", "db", s => SetImage(s, "db:2"));
        await Cluster.Quiet();
        var set = Cluster.Get("StatefulSet", "flyte", "db")!;
        Assert.Multiple(() =>
        {
            Assert.That(Pods("db").Select(p => p["metadata"]!["name"]!.GetValue<string>()), Is.EqualTo(new[] { "db-0", "db-1" }));
            Assert.That(Pods("db").Select(p => p["spec"]!["containers"]![0]!["image"]!.GetValue<string>()), Is.EqualTo(new[] { "db:2", "db:2" }));
            Assert.That(Count(set, "readyReplicas"), Is.EqualTo(2));
            Assert.That(Status(set, "currentRevision")!.GetValue<string>(), Is.EqualTo(Status(set, "updateRevision")!.GetValue<string>()));
        });
    }

    private async Task RecoversWithoutTheFault()
    {
        Cluster.Faults.Set("web", null);
        await Cluster.Quiet();
        Assert.That(IsReady(Pods().Single()), Is.True);
        Assert.That(Count(Deployment(), "availableReplicas"), Is.EqualTo(1));
    }

    private void CreatePod(string volume) =>
        Cluster.Create(
            $$"""
            apiVersion: v1
            kind: Pod
            metadata: {name: reader, namespace: flyte}
            spec:
              containers: [{name: main, image: "reader:1", volumeMounts: [{name: files, mountPath: /files}]}]
              volumes:
                - name: files
                  {{volume}}
            """
        );
}
