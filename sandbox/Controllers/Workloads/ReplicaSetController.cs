using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Controllers.Core;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Controllers.Workloads;

/// <summary>Keeps as many pods as a ReplicaSet wants.</summary>
internal sealed class ReplicaSetController(Cluster cluster) : IController
{
    private readonly EventRecorder events = new(cluster, "replicaset-controller");

    public void Observe(Change change)
    {
        if (change.Key.Is("apps", "replicasets"))
        {
            if (change.Now is { Deleting: false } && change.IsMoreThanStatus)
                cluster.Queue.Add(new WorkItem(this, change.Key));
        }
        else if (change.Key.Is("", "pods") && (change.Now ?? change.Old)!.Controller is { Kind: "ReplicaSet" } owner && PodFactory.MattersToOwner(change))
        {
            cluster.Queue.Add(new WorkItem(this, ObjectKey.App("replicasets", change.Key.Namespace, owner.Name)));
        }
    }

    public void Reconcile(ObjectKey key)
    {
        if (cluster.Get(key) is not { } set || set.Metadata("deletionTimestamp") is not null)
            return;
        var wanted = (int)(set.Child("spec")?.Number("replicas") ?? 1);
        var pods = Pods(set);
        for (var missing = wanted - pods.Count; missing > 0; missing--)
        {
            var pod = cluster.Create("", "pods", key.Namespace, PodFactory.For("apps/v1", "ReplicaSet", set, set.Child("spec", "template") ?? []));
            events.Normal(set, "SuccessfulCreate", $"Created pod: {pod.Metadata("name")}");
        }

        foreach (
            var pod in pods.OrderBy(PodFactory.IsReady)
                .ThenByDescending(p => p.Object.Metadata("creationTimestamp"), StringComparer.Ordinal)
                .Take(pods.Count - wanted)
        )
        {
            cluster.Delete(pod.Key);
            events.Normal(set, "SuccessfulDelete", $"Deleted pod: {pod.Key.Name}");
        }

        var now = Pods(set);
        var ready = now.Count(PodFactory.IsReady);
        var status = new JsonObject { ["replicas"] = now.Count };
        Set(status, "fullyLabeledReplicas", now.Count);
        Set(status, "readyReplicas", ready);
        Set(status, "availableReplicas", ready);
        status["observedGeneration"] = set.Child("metadata")?.Number("generation") ?? 1;
        if (!JsonNode.DeepEquals(status, set["status"]))
            cluster.Modify(key, s => s["status"] = status, subresource: "status");
    }

    private List<CachedObject> Pods(JsonObject set) => [.. cluster.Cache.ManagedBy(set.Metadata("uid") ?? "", "pods").Where(PodFactory.IsActive)];

    private static void Set(JsonObject status, string field, int value)
    {
        if (value != 0)
            status[field] = value;
    }
}
