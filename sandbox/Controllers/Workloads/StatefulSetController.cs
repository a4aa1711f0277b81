using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Controllers.Core;
using Flyte.MultiCluster.Sandbox.Controllers.Deployments;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Controllers.Workloads;

/// <summary>Keeps a StatefulSet's numbered pods, one after the other; replaces those of an older template from the last one down.</summary>
internal sealed class StatefulSetController(Cluster cluster) : IController
{
    private const string RevisionLabel = "controller-revision-hash";
    private const string NameLabel = "statefulset.kubernetes.io/pod-name";

    public void Observe(Change change)
    {
        if (change.Key.Is("apps", "statefulsets"))
        {
            if (change.Now is { Deleting: false } && change.IsMoreThanStatus)
                cluster.Queue.Add(new WorkItem(this, change.Key));
        }
        else if (change.Key.Is("", "pods") && (change.Now ?? change.Old)!.Controller is { Kind: "StatefulSet" } owner && PodFactory.MattersToOwner(change))
        {
            cluster.Queue.Add(new WorkItem(this, ObjectKey.App("statefulsets", change.Key.Namespace, owner.Name)));
        }
    }

    public void Reconcile(ObjectKey key)
    {
        if (cluster.Get(key) is not { } set || set.Metadata("deletionTimestamp") is not null)
            return;
        var template = set.Child("spec", "template") ?? [];
        var revision = $"{key.Name}-{PodTemplateHash.Of(template, 0)}";
        var wanted = (int)(set.Child("spec")?.Number("replicas") ?? 1);
        Step(key, set, template, revision, wanted);

        var pods = Pods(set);
        var ready = pods.Values.Count(PodFactory.IsReady);
        var updated = pods.Values.Count(p => IsOf(p, revision));
        var done = pods.Count == wanted && updated == wanted && ready == wanted;
        var status = new JsonObject
        {
            ["observedGeneration"] = set.Child("metadata")?.Number("generation") ?? 1,
            ["replicas"] = pods.Count,
            ["readyReplicas"] = ready,
            ["availableReplicas"] = ready,
            ["currentReplicas"] = done ? wanted : pods.Count - updated,
            ["updatedReplicas"] = updated,
            ["currentRevision"] = done ? revision : set.Child("status")?.Text("currentRevision") ?? revision,
            ["updateRevision"] = revision,
            ["collisionCount"] = 0,
        };
        if (!JsonNode.DeepEquals(status, set["status"]))
            cluster.Modify(key, s => s["status"] = status, subresource: "status");
    }

    /// <summary>Takes the next step only: the change it makes brings the next one.</summary>
    private void Step(ObjectKey key, JsonObject set, JsonObject template, string revision, int wanted)
    {
        var parallel = set.Child("spec")?.Text("podManagementPolicy") == "Parallel";
        var pods = Pods(set);
        for (var i = 0; i < wanted; i++)
        {
            if (cluster.Cache.Get(new ObjectKey("", "pods", key.Namespace, $"{key.Name}-{i}")) is { Deleting: true })
                return;
            if (!pods.TryGetValue(i, out var pod))
                cluster.Create("", "pods", key.Namespace, Numbered(set, template, revision, i));
            if (!parallel && (pod is null || !PodFactory.IsReady(pod)) && (pod is null || IsOf(pod, revision)))
                return;
        }

        if (pods.Keys.Where(i => i >= wanted).OrderDescending().Select(i => pods[i]).FirstOrDefault() is { } extra)
            cluster.Delete(extra.Key);
        else if (pods.OrderByDescending(p => p.Key).Select(p => p.Value).FirstOrDefault(p => !IsOf(p, revision)) is { } outdated)
            cluster.Delete(outdated.Key);
    }

    private static JsonObject Numbered(JsonObject set, JsonObject template, string revision, int number)
    {
        var name = $"{set.Metadata("name")}-{number}";
        var pod = PodFactory.For("apps/v1", "StatefulSet", set, template);
        var metadata = pod.ChildOrNew("metadata");
        metadata.Remove("generateName");
        metadata["name"] = name;
        var labels = metadata.ChildOrNew("labels");
        labels[RevisionLabel] = revision;
        labels[NameLabel] = name;
        labels["apps.kubernetes.io/pod-index"] = number.ToString();
        return pod;
    }

    private Dictionary<int, CachedObject> Pods(JsonObject set) =>
        cluster
            .Cache.ManagedBy(set.Metadata("uid") ?? "", "pods")
            .Where(PodFactory.IsActive)
            .ToDictionary(p => int.Parse(p.Key.Name.AsSpan(p.Key.Name.LastIndexOf('-') + 1)));

    private static bool IsOf(CachedObject pod, string revision) => pod.Object.Child("metadata", "labels")?.Text(RevisionLabel) == revision;
}
