using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Controllers.Core;

/// <summary>A cluster as its controllers work on it: writes go to the store and are seen by all controllers at once.</summary>
internal sealed class Cluster(IObjectStore store, WorkQueue queue, TimeProvider time)
{
    /// <summary>The field manager of most controllers.</summary>
    public const string ControllerManager = "kube-controller-manager";

    public ClusterCache Cache { get; } = new();

    public WorkQueue Queue => queue;

    /// <summary>Who observes changes.</summary>
    public IReadOnlyList<IController> Controllers { get; set; } = [];

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>The time as Kubernetes writes it: seconds, UTC.</summary>
    public string Timestamp => Format(Now);

    public static string Format(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");

    public JsonObject? Get(ObjectKey key) => store.Get(key.Group, key.Resource, key.NamespaceOrNull, key.Name);

    public JsonObject Create(string group, string resource, string ns, JsonObject obj, string manager = ControllerManager)
    {
        var made = store.Create(group, resource, ns.Length == 0 ? null : ns, obj, manager);
        Saw(group, resource, made.Copy());
        return made;
    }

    /// <summary>Reads, changes and writes an object; null when there is none.</summary>
    public JsonObject? Modify(ObjectKey key, Action<JsonObject> change, string manager = ControllerManager, string? subresource = null)
    {
        if (Get(key) is not { } obj)
            return null;
        change(obj);
        return Update(key, obj, manager, subresource);
    }

    public JsonObject Update(ObjectKey key, JsonObject obj, string manager = ControllerManager, string? subresource = null)
    {
        var written = store.Update(key.Group, key.Resource, key.NamespaceOrNull, obj, manager, subresource);
        if (written.Metadata("deletionTimestamp") is null || Get(key)?.Metadata("uid") == written.Metadata("uid"))
            Saw(key.Group, key.Resource, written.Copy());
        else
            Gone(key, written.Metadata("uid") ?? "");
        return written;
    }

    public void Delete(ObjectKey key, long? gracePeriodSeconds = null)
    {
        if (store.Delete(key.Group, key.Resource, key.NamespaceOrNull, key.Name, gracePeriodSeconds) is not { } last)
            return;
        if (Get(key) is { } left && left.Metadata("uid") == last.Metadata("uid"))
            Saw(key.Group, key.Resource, left);
        else
            Gone(key, last.Metadata("uid") ?? "");
    }

    /// <summary>Takes an event of the store in.</summary>
    public void Apply(StoreEvent e)
    {
        if (e.Type != "DELETED")
        {
            Saw(e.Group, e.Resource, e.Object);
            return;
        }

        var key = new ObjectKey(e.Group, e.Resource, e.Object.Metadata("namespace") ?? "", e.Object.Metadata("name") ?? "");
        Tell(Cache.Remove(key, e.Object.Metadata("uid") ?? "", announced: true));
    }

    /// <summary>Takes a state in and tells the controllers when it is news; the object is taken over.</summary>
    public void Saw(string group, string resource, JsonObject obj) => Tell(Cache.Put(group, resource, obj));

    private void Gone(ObjectKey key, string uid) => Tell(Cache.Remove(key, uid, announced: false));

    private void Tell(Change? change)
    {
        if (change is null)
            return;
        foreach (var controller in Controllers)
            controller.Observe(change);
    }
}
