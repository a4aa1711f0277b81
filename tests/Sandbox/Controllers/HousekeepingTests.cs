using System.Text.Json.Nodes;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Controllers;

internal sealed class HousekeepingTests : ControllerTests
{
    [Test]
    public async Task A_namespace_gets_its_default_service_account_and_the_root_certificate()
    {
        await Cluster.Quiet();
        Assert.Multiple(() =>
        {
            Assert.That(Cluster.Get("ServiceAccount", "flyte", "default"), Is.Not.Null);
            Assert.That(
                Cluster.Get("ConfigMap", "flyte", "kube-root-ca.crt")!["data"]!["ca.crt"]!.GetValue<string>(),
                Is.EqualTo(ControlledCluster.Certificate)
            );
        });
    }

    [TestCase("ServiceAccount", "default")]
    [TestCase("ConfigMap", "kube-root-ca.crt")]
    public async Task What_belongs_into_every_namespace_comes_back(string kind, string name)
    {
        await Cluster.Quiet();
        Cluster.Delete(kind, "flyte", name);
        await Cluster.Quiet();
        Assert.That(Cluster.Get(kind, "flyte", name), Is.Not.Null);
    }

    [Test]
    public async Task A_deleted_namespace_goes_with_all_that_is_in_it()
    {
        await Deploy(replicas: 2);
        Cluster.Delete("Namespace", "", "flyte");
        await Cluster.Quiet();
        Assert.Multiple(() =>
        {
            Assert.That(Cluster.Get("Namespace", "", "flyte"), Is.Null);
            foreach (var kind in new[] { "Deployment", "ReplicaSet", "Pod", "ServiceAccount", "ConfigMap", "Event" })
                Assert.That(Cluster.List(kind, "flyte"), Is.Empty, kind);
        });
    }

    [Test]
    public async Task A_namespace_waits_for_a_finalizer_inside_it()
    {
        Cluster.Create("{apiVersion: v1, kind: ConfigMap, metadata: {name: held, namespace: flyte, finalizers: [example.com/hold]}}");
        Cluster.Delete("Namespace", "", "flyte");
        await Cluster.Quiet();
        Assert.That(Cluster.Get("Namespace", "", "flyte")!["status"]!["phase"]!.GetValue<string>(), Is.EqualTo("Terminating"));
        Cluster.Change("ConfigMap", "flyte", "held", m => m["metadata"]!["finalizers"] = new JsonArray());
        await Cluster.Quiet();
        Assert.That(Cluster.Get("Namespace", "", "flyte"), Is.Null);
    }

    [Test]
    public async Task A_deleted_deployment_takes_its_replica_sets_and_pods_along()
    {
        await Deploy(replicas: 2);
        Cluster.Delete("Deployment", "flyte", "web");
        await Cluster.Quiet();
        Assert.Multiple(() =>
        {
            Assert.That(Cluster.List("ReplicaSet", "flyte"), Is.Empty);
            Assert.That(Pods(), Is.Empty);
        });
    }

    [Test]
    public async Task Foreground_deletion_lets_the_owner_go_last()
    {
        await Deploy();
        Cluster.Change("Deployment", "flyte", "web", d => d["metadata"]!["finalizers"] = new JsonArray("foregroundDeletion"));
        Cluster.Change(
            "Pod",
            "flyte",
            Pods().Single()["metadata"]!["name"]!.GetValue<string>(),
            p => p["metadata"]!["finalizers"] = new JsonArray("example.com/hold")
        );
        Cluster.Change(
            "ReplicaSet",
            "flyte",
            Cluster.List("ReplicaSet", "flyte").Single()["metadata"]!["name"]!.GetValue<string>(),
            s => s["metadata"]!["finalizers"] = new JsonArray("foregroundDeletion")
        );
        Cluster.Delete("Deployment", "flyte", "web");
        await Cluster.Quiet();
        Assert.That(Cluster.Get("Deployment", "flyte", "web"), Is.Not.Null);
        Cluster.Change("Pod", "flyte", Pods().Single()["metadata"]!["name"]!.GetValue<string>(), p => p["metadata"]!["finalizers"] = new JsonArray());
        await Cluster.Quiet();
        Assert.That(Cluster.Get("Deployment", "flyte", "web"), Is.Null);
        Assert.That(Cluster.List("ReplicaSet", "flyte"), Is.Empty);
    }

    [Test]
    public async Task Orphaning_leaves_the_dependents_without_their_owner()
    {
        await Deploy();
        Cluster.Change("Deployment", "flyte", "web", d => d["metadata"]!["finalizers"] = new JsonArray("orphan"));
        Cluster.Delete("Deployment", "flyte", "web");
        await Cluster.Quiet();
        Assert.Multiple(() =>
        {
            Assert.That(Cluster.Get("Deployment", "flyte", "web"), Is.Null);
            Assert.That(Cluster.List("ReplicaSet", "flyte").Single()["metadata"]!["ownerReferences"] as JsonArray ?? [], Is.Empty);
            Assert.That(Pods(), Has.Count.EqualTo(1));
        });
    }

    [Test]
    public async Task An_object_with_another_owner_left_only_loses_the_reference()
    {
        var first = Uid(Cluster.Create("{apiVersion: v1, kind: ConfigMap, metadata: {name: first, namespace: flyte}}"));
        var second = Uid(Cluster.Create("{apiVersion: v1, kind: ConfigMap, metadata: {name: second, namespace: flyte}}"));
        Cluster.Create(
            $$"""
            apiVersion: v1
            kind: Secret
            metadata:
              name: owned
              namespace: flyte
              ownerReferences:
                - {apiVersion: v1, kind: ConfigMap, name: first, uid: {{first}}}
                - {apiVersion: v1, kind: ConfigMap, name: second, uid: {{second}}}
            """
        );
        await Cluster.Quiet();
        Cluster.Delete("ConfigMap", "flyte", "first");
        await Cluster.Quiet();
        Assert.That(Cluster.Get("Secret", "flyte", "owned")!["metadata"]!["ownerReferences"]!.AsArray(), Has.Count.EqualTo(1));
        Cluster.Delete("ConfigMap", "flyte", "second");
        await Cluster.Quiet();
        Assert.That(Cluster.Get("Secret", "flyte", "owned"), Is.Null);
    }

    [Test]
    public async Task After_a_reset_the_controllers_start_over()
    {
        await Deploy();
        Cluster.Store.Reset();
        Cluster.Create("{apiVersion: v1, kind: Namespace, metadata: {name: flyte}}");
        var deployment = await Deploy();
        Assert.That(Count(deployment, "availableReplicas"), Is.EqualTo(1));
    }

    private static string Uid(JsonObject obj) => obj["metadata"]!["uid"]!.GetValue<string>();
}
