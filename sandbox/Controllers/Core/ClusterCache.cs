using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Controllers.Core;

/// <summary>All objects of the cluster, indexed by namespace and by owner. Not thread-safe: the control loop owns it.</summary>
internal sealed class ClusterCache
{
    private readonly Dictionary<ObjectKey, CachedObject> objects = [];
    private readonly Dictionary<string, CachedObject> byUid = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<ObjectKey>> byOwner = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<ObjectKey>> byNamespace = new(StringComparer.Ordinal);
    private readonly HashSet<string> buried = new(StringComparer.Ordinal);

    /// <summary>The resources seen so far.</summary>
    public HashSet<(string Group, string Resource)> Resources { get; } = [];

    public CachedObject? Get(ObjectKey key) => objects.GetValueOrDefault(key);

    public bool Exists(string uid) => byUid.ContainsKey(uid);

    public IEnumerable<CachedObject> All => objects.Values;

    /// <summary>The object of this uid; none or one.</summary>
    public IEnumerable<CachedObject> ByUid(string uid) => byUid.TryGetValue(uid, out var o) ? [o] : [];

    /// <summary>The objects with this owner.</summary>
    public IReadOnlyList<CachedObject> OwnedBy(string uid) => Look(byOwner, uid);

    /// <summary>The objects of one resource that this owner manages.</summary>
    public IEnumerable<CachedObject> ManagedBy(string uid, string resource) => OwnedBy(uid).Where(o => o.Key.Resource == resource && o.Controller?.Uid == uid);

    public IReadOnlyList<CachedObject> InNamespace(string ns) => Look(byNamespace, ns);

    /// <summary>Takes a state in; null when it is older than the one known.</summary>
    public Change? Put(string group, string resource, JsonObject obj)
    {
        var now = new CachedObject(group, resource, obj);
        Resources.Add((group, resource));
        var old = objects.GetValueOrDefault(now.Key);
        if (buried.Contains(now.Uid) || (old is not null && old.Version >= now.Version))
            return null;
        if (old is not null)
            Unlink(old);
        Link(now);
        return new Change(old, now);
    }

    /// <summary>Takes a deletion in; null when it is known already.</summary>
    /// <param name="key">Which object.</param>
    /// <param name="uid">Its uid.</param>
    /// <param name="announced">Whether the store's own DELETED event says so: no older event can follow.</param>
    public Change? Remove(ObjectKey key, string uid, bool announced)
    {
        if (announced)
            buried.Remove(uid);
        if (objects.GetValueOrDefault(key) is not { } old || old.Uid != uid)
            return null;
        if (!announced)
            buried.Add(uid);
        Unlink(old);
        return new Change(old, null);
    }

    private List<CachedObject> Look(Dictionary<string, HashSet<ObjectKey>> index, string value) =>
        index.TryGetValue(value, out var keys) ? [.. keys.Select(k => objects[k])] : [];

    private void Link(CachedObject o)
    {
        objects[o.Key] = o;
        byUid[o.Uid] = o;
        if (o.Key.Namespace.Length > 0)
            Add(byNamespace, o.Key.Namespace, o.Key);
        foreach (var owner in o.Owners)
            Add(byOwner, owner.Uid, o.Key);
    }

    private void Unlink(CachedObject o)
    {
        objects.Remove(o.Key);
        byUid.Remove(o.Uid);
        Drop(byNamespace, o.Key.Namespace, o.Key);
        foreach (var owner in o.Owners)
            Drop(byOwner, owner.Uid, o.Key);
    }

    private static void Add(Dictionary<string, HashSet<ObjectKey>> index, string value, ObjectKey key)
    {
        if (!index.TryGetValue(value, out var keys))
            index[value] = keys = [];
        keys.Add(key);
    }

    private static void Drop(Dictionary<string, HashSet<ObjectKey>> index, string value, ObjectKey key)
    {
        if (index.TryGetValue(value, out var keys) && keys.Remove(key) && keys.Count == 0)
            index.Remove(value);
    }
}
