using Flyte.MultiCluster.Sandbox.Faults;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Controllers;

internal sealed class DeploymentControllerTests : ControllerTests
{
    [Test]
    public async Task A_new_deployment_becomes_available()
    {
        var deployment = await Deploy(replicas: 2);
        Assert.Multiple(() =>
        {
            Assert.That(Count(deployment, "observedGeneration"), Is.EqualTo(1));
            foreach (var field in new[] { "replicas", "updatedReplicas", "readyReplicas", "availableReplicas" })
                Assert.That(Count(deployment, field), Is.EqualTo(2), field);
            Assert.That(Status(deployment, "unavailableReplicas"), Is.Null);
            Assert.That(Condition(deployment, "Available")!["reason"]!.GetValue<string>(), Is.EqualTo("MinimumReplicasAvailable"));
            Assert.That(Condition(deployment, "Progressing")!["reason"]!.GetValue<string>(), Is.EqualTo("NewReplicaSetAvailable"));
            Assert.That(Pods().Count(IsReady), Is.EqualTo(2));
        });
    }

    [Test]
    public async Task The_replica_set_is_named_and_labelled_by_the_templates_hash()
    {
        await Deploy();
        var set = Cluster.List("ReplicaSet", "flyte").Single();
        var hash = set["metadata"]!["labels"]!["pod-template-hash"]!.GetValue<string>();
        Assert.Multiple(() =>
        {
            Assert.That(set["metadata"]!["name"]!.GetValue<string>(), Is.EqualTo("web-" + hash));
            Assert.That(set["spec"]!["selector"]!["matchLabels"]!["pod-template-hash"]!.GetValue<string>(), Is.EqualTo(hash));
            Assert.That(set["metadata"]!["ownerReferences"]![0]!["uid"]!.GetValue<string>(), Is.EqualTo(Deployment()["metadata"]!["uid"]!.GetValue<string>()));
            Assert.That(Pods().Single()["metadata"]!["name"]!.GetValue<string>(), Does.StartWith($"web-{hash}-"));
            Assert.That(Pods().Single()["metadata"]!["labels"]!["pod-template-hash"]!.GetValue<string>(), Is.EqualTo(hash));
        });
    }

    [Test]
    public async Task A_changed_template_replaces_the_pods_and_raises_the_revision()
    {
        await Deploy(replicas: 3);
        Cluster.Change("Deployment", "flyte", "web", d => SetImage(d, "web:2"));
        await Cluster.Quiet();
        Assert.Multiple(() =>
        {
            Assert.That(Pods().Select(p => p["spec"]!["containers"]![0]!["image"]!.GetValue<string>()), Is.EqualTo(new[] { "web:2", "web:2", "web:2" }));
            Assert.That(Deployment()["metadata"]!["annotations"]!["deployment.kubernetes.io/revision"]!.GetValue<string>(), Is.EqualTo("2"));
            Assert.That(Cluster.List("ReplicaSet", "flyte").Select(s => s["spec"]!["replicas"]!.GetValue<int>()), Is.EquivalentTo(new[] { 0, 3 }));
        });
    }

    [Test]
    public async Task A_template_that_was_there_before_takes_its_replica_set_up_again()
    {
        await Deploy();
        Cluster.Change("Deployment", "flyte", "web", d => SetImage(d, "web:2"));
        await Cluster.Quiet();
        Cluster.Change("Deployment", "flyte", "web", d => SetImage(d, "web:1"));
        await Cluster.Quiet();
        Assert.Multiple(() =>
        {
            Assert.That(Cluster.List("ReplicaSet", "flyte"), Has.Count.EqualTo(2));
            Assert.That(Deployment()["metadata"]!["annotations"]!["deployment.kubernetes.io/revision"]!.GetValue<string>(), Is.EqualTo("3"));
            Assert.That(Pods().Single()["spec"]!["containers"]![0]!["image"]!.GetValue<string>(), Is.EqualTo("web:1"));
        });
    }

    [Test]
    public async Task A_rollout_whose_pods_never_become_ready_keeps_enough_old_pods()
    {
        await Deploy(replicas: 4);
        Cluster.Faults.Set("web", PodFault.NeverReady);
        Cluster.Change("Deployment", "flyte", "web", d => SetImage(d, "web:2"));
        await Cluster.Quiet();
        Assert.Multiple(() =>
        {
            Assert.That(Count(Deployment(), "availableReplicas"), Is.EqualTo(3));
            Assert.That(Pods(), Has.Count.EqualTo(5));
            Assert.That(Condition(Deployment(), "Progressing")!["status"]!.GetValue<string>(), Is.EqualTo("True"));
        });
    }

    [Test]
    public async Task A_stuck_rollout_exceeds_its_progress_deadline()
    {
        Cluster.Faults.Set("web", PodFault.NeverReady);
        await Deploy(more: "progressDeadlineSeconds: 60");
        await Cluster.Pass(TimeSpan.FromSeconds(59));
        Assert.That(Condition(Deployment(), "Progressing")!["status"]!.GetValue<string>(), Is.EqualTo("True"));
        await Cluster.Pass(TimeSpan.FromSeconds(3));
        Assert.Multiple(() =>
        {
            Assert.That(Condition(Deployment(), "Progressing")!["status"]!.GetValue<string>(), Is.EqualTo("False"));
            Assert.That(Condition(Deployment(), "Progressing")!["reason"]!.GetValue<string>(), Is.EqualTo("ProgressDeadlineExceeded"));
            Assert.That(Condition(Deployment(), "Available")!["reason"]!.GetValue<string>(), Is.EqualTo("MinimumReplicasUnavailable"));
        });
    }

    [TestCase(3)]
    [TestCase(0)]
    public async Task Scaling_needs_no_new_replica_set(int replicas)
    {
        await Deploy();
        Cluster.Change("Deployment", "flyte", "web", d => d["spec"]!["replicas"] = replicas);
        await Cluster.Quiet();
        Assert.Multiple(() =>
        {
            Assert.That(Pods(), Has.Count.EqualTo(replicas));
            Assert.That(Count(Deployment(), "availableReplicas"), Is.EqualTo(replicas));
            Assert.That(Cluster.List("ReplicaSet", "flyte"), Has.Count.EqualTo(1));
        });
    }

    [Test]
    public async Task A_paused_deployment_rolls_nothing_out_until_it_is_resumed()
    {
        await Deploy();
        Cluster.Change(
            "Deployment",
            "flyte",
            "web",
            d =>
            {
                SetImage(d, "web:2");
                d["spec"]!["paused"] = true;
            }
        );
        await Cluster.Quiet();
        Assert.That(Cluster.List("ReplicaSet", "flyte"), Has.Count.EqualTo(1));
        Assert.That(Condition(Deployment(), "Progressing")!["reason"]!.GetValue<string>(), Is.EqualTo("DeploymentPaused"));
        Cluster.Change("Deployment", "flyte", "web", d => d["spec"]!["paused"] = false);
        await Cluster.Quiet();
        Assert.That(Pods().Single()["spec"]!["containers"]![0]!["image"]!.GetValue<string>(), Is.EqualTo("web:2"));
    }

    [Test]
    public async Task Recreate_ends_the_old_pods_before_it_makes_new_ones()
    {
        await Deploy(replicas: 2, more: "strategy: {type: Recreate}");
        Cluster.Faults.Set("web", PodFault.NeverReady);
        Cluster.Change("Deployment", "flyte", "web", d => SetImage(d, "web:2"));
        await Cluster.Quiet();
        Assert.That(Pods().Select(p => p["spec"]!["containers"]![0]!["image"]!.GetValue<string>()), Is.EqualTo(new[] { "web:2", "web:2" }));
    }

    [Test]
    public async Task Only_so_many_old_replica_sets_are_kept_as_the_history_limit_says()
    {
        await Deploy(more: "revisionHistoryLimit: 1");
        foreach (var image in new[] { "web:2", "web:3", "web:4" })
        {
            Cluster.Change("Deployment", "flyte", "web", d => SetImage(d, image));
            await Cluster.Quiet();
        }

        Assert.That(Cluster.List("ReplicaSet", "flyte"), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_deleted_pod_is_replaced()
    {
        await Deploy();
        var name = Pods().Single()["metadata"]!["name"]!.GetValue<string>();
        Cluster.Delete("Pod", "flyte", name);
        await Cluster.Quiet();
        Assert.That(Pods().Single()["metadata"]!["name"]!.GetValue<string>(), Is.Not.EqualTo(name));
        Assert.That(Count(Deployment(), "availableReplicas"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_deployment_at_rest_is_not_written_again()
    {
        var before = await Deploy();
        await Cluster.Pass(TimeSpan.FromHours(1));
        Assert.That(Deployment()["metadata"]!["resourceVersion"]!.GetValue<string>(), Is.EqualTo(before["metadata"]!["resourceVersion"]!.GetValue<string>()));
    }
}
