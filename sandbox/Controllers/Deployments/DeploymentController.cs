using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Controllers.Core;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Controllers.Deployments;

/// <summary>Rolls Deployments out: one ReplicaSet a pod template, the new one up and the old ones down within the strategy's bounds.</summary>
internal sealed class DeploymentController(Cluster cluster) : IController
{
    private readonly EventRecorder events = new(cluster, "deployment-controller");

    public void Observe(Change change)
    {
        if (change.Key.Is("apps", "deployments"))
        {
            if (change.Now is { Deleting: false } && change.IsMoreThanStatus)
                cluster.Queue.Add(new WorkItem(this, change.Key));
        }
        else if (change.Key.Is("apps", "replicasets") && (change.Now ?? change.Old)!.Controller is { Kind: "Deployment" } owner)
        {
            cluster.Queue.Add(new WorkItem(this, ObjectKey.App("deployments", change.Key.Namespace, owner.Name)));
        }
        else if (
            change is { Now: null, Old.Controller: { Kind: "ReplicaSet" } set }
            && change.Key.Is("", "pods")
            && cluster.Cache.Get(ObjectKey.App("replicasets", change.Key.Namespace, set.Name))?.Controller is { Kind: "Deployment" } deployment
        )
        {
            // With Recreate the new pods wait until the old ones have gone.
            cluster.Queue.Add(new WorkItem(this, ObjectKey.App("deployments", change.Key.Namespace, deployment.Name)));
        }
    }

    public void Reconcile(ObjectKey key)
    {
        if (cluster.Get(key) is not { } deployment || deployment.Metadata("deletionTimestamp") is not null)
            return;
        var rollout = new Rollout(cluster, events, key, deployment);
        rollout.Proceed();
        var status = DeploymentStatus.Of(rollout, cluster.Now);
        if (!JsonNode.DeepEquals(status, deployment["status"]))
            cluster.Modify(key, d => d["status"] = status, subresource: "status");
        if (DeploymentStatus.Deadline(status, deployment, cluster.Now) is { } wait)
            cluster.Queue.AddAfter(new WorkItem(this, key), wait);
    }
}
