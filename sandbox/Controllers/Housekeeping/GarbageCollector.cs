using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Controllers.Core;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Controllers.Housekeeping;

/// <summary>
/// Deletes what has lost all its owners, and carries foreground deletion and orphaning out. References to owners that are gone
/// are taken away from objects that have another owner left.
/// </summary>
internal sealed class GarbageCollector(Cluster cluster) : IController
{
    private const string Foreground = "foregroundDeletion";
    private const string Orphan = "orphan";

    public void Observe(Change change)
    {
        if (change.Now is null)
        {
            foreach (var dependent in cluster.Cache.OwnedBy(change.Old!.Uid))
                cluster.Queue.Add(new WorkItem(this, dependent.Key));
            foreach (var owner in change.Old.Owners)
                QueueIfHeld(owner.Uid);
        }
        else if (IsHeld(change.Now) || (change.Old is null && change.Now.Owners.Count > 0))
        {
            cluster.Queue.Add(new WorkItem(this, change.Key));
        }
    }

    public void Reconcile(ObjectKey key)
    {
        if (cluster.Cache.Get(key) is not { } o)
            return;
        if (IsHeld(o))
        {
            Release(o);
        }
        else if (!o.Deleting && o.Owners.Count > 0)
        {
            var left = o.Owners.Where(w => cluster.Cache.Exists(w.Uid)).Select(w => w.Uid).ToHashSet(StringComparer.Ordinal);
            if (left.Count == 0)
                cluster.Delete(key);
            else if (left.Count < o.Owners.Count)
                cluster.Modify(key, live => RemoveReferences(live, uid => !left.Contains(uid)));
        }
    }

    private void Release(CachedObject owner)
    {
        var dependents = cluster.Cache.OwnedBy(owner.Uid);
        if (owner.HasFinalizer(Orphan))
        {
            foreach (var dependent in dependents)
                cluster.Modify(dependent.Key, live => RemoveReferences(live, uid => uid == owner.Uid));
            RemoveFinalizer(owner, Orphan);
            return;
        }

        foreach (var dependent in dependents)
        {
            if (!dependent.Deleting && dependent.Owners.All(w => w.Uid == owner.Uid || !cluster.Cache.Exists(w.Uid)))
                cluster.Delete(dependent.Key);
        }

        if (!cluster.Cache.OwnedBy(owner.Uid).Any(d => d.Owners.Any(w => w.Uid == owner.Uid && w.Blocks)))
            RemoveFinalizer(owner, Foreground);
    }

    private void QueueIfHeld(string uid)
    {
        foreach (var owner in cluster.Cache.ByUid(uid))
        {
            if (IsHeld(owner))
                cluster.Queue.Add(new WorkItem(this, owner.Key));
        }
    }

    private static bool IsHeld(CachedObject o) => o.Deleting && (o.HasFinalizer(Foreground) || o.HasFinalizer(Orphan));

    private void RemoveFinalizer(CachedObject o, string finalizer) =>
        cluster.Modify(
            o.Key,
            live =>
            {
                var metadata = live.ChildOrNew("metadata");
                metadata["finalizers"] = new JsonArray([.. metadata.Texts("finalizers").Where(f => f != finalizer).Select(f => (JsonNode)f)]);
            }
        );

    private static void RemoveReferences(JsonObject live, Func<string, bool> which)
    {
        var metadata = live.ChildOrNew("metadata");
        metadata["ownerReferences"] = new JsonArray([
            .. metadata.Objects("ownerReferences").Where(r => !which(r.Text("uid") ?? "")).Select(r => r.DeepClone()),
        ]);
    }
}
