using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Controllers.Core;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Controllers.Housekeeping;

/// <summary>Empties a terminating namespace and then lets it go.</summary>
internal sealed class NamespaceController(Cluster cluster) : IController
{
    public void Observe(Change change)
    {
        if (change.Key.Is("", "namespaces"))
        {
            if (change.Now is { Deleting: true })
                cluster.Queue.Add(new WorkItem(this, change.Key));
        }
        else if (change.Key.Namespace.Length > 0 && (change.Now is null || change.Old is null))
        {
            var key = ObjectKey.ForNamespace(change.Key.Namespace);
            if (cluster.Cache.Get(key) is { Deleting: true })
                cluster.Queue.Add(new WorkItem(this, key));
        }
    }

    public void Reconcile(ObjectKey key)
    {
        if (cluster.Cache.Get(key) is not { Deleting: true } ns)
            return;
        if (ns.Object.Child("status")?.Text("phase") != "Terminating")
            cluster.Modify(key, o => o.ChildOrNew("status")["phase"] = "Terminating", subresource: "status");
        foreach (var content in cluster.Cache.InNamespace(key.Name))
        {
            if (!content.Deleting)
                cluster.Delete(content.Key);
        }

        if (cluster.Cache.InNamespace(key.Name).Count == 0)
            cluster.Modify(key, o => o.ChildOrNew("spec")["finalizers"] = new JsonArray(), subresource: "finalize");
    }
}
