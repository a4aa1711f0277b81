using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Patching;

namespace Flyte.MultiCluster.Sandbox.Store;

/// <summary>
/// A cluster's objects in memory, with the API server's rules on writing them: defaults, validation, generation,
/// optimistic concurrency, finalizers. One resourceVersion counter for all resources, as with etcd.
/// </summary>
public sealed partial class ObjectStore : IObjectStore
{
    private readonly Lock _gate = new();
    private readonly ChangeHistory _history = new();
    private readonly ObjectTable _objects = new();
    private readonly IManagedFields _managedFields;
    private readonly TimeProvider _time;
    private long _revision;

    /// <summary>Makes a store that holds what a fresh cluster has.</summary>
    /// <param name="managedFields">Tracks who set which field.</param>
    /// <param name="time">The clock of creation times.</param>
    public ObjectStore(IManagedFields managedFields, TimeProvider time)
    {
        _managedFields = managedFields;
        _time = time;
        FreshCluster.Fill(this);
    }

    /// <summary>What the cluster serves.</summary>
    internal ResourceCatalog Catalog { get; } = new();

    /// <summary>The counter's value: a list's resourceVersion.</summary>
    internal long Revision
    {
        get
        {
            lock (_gate)
                return _revision;
        }
    }

    /// <summary>Forgets everything and starts as a fresh cluster; watches end.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            foreach (string definition in Objects("apiextensions.k8s.io", "customresourcedefinitions").Select(d => d.Name).ToList())
                Catalog.Remove(definition);
            _objects.Clear();
            _history.Clear(_revision);
            FreshCluster.Fill(this);
        }
    }

    /// <inheritdoc/>
    public JsonObject? Get(string group, string resource, string? ns, string name) => Find(group, resource, ns, name)?.Copy();

    /// <inheritdoc/>
    public IReadOnlyList<JsonObject> List(string group, string resource, string? ns = null) => [.. Objects(group, resource, ns).Select(o => o.Copy())];

    /// <inheritdoc/>
    public JsonObject Create(string group, string resource, string? ns, JsonObject obj, string fieldManager) =>
        Create(Resource(group, resource), ns, obj.Copy(), new WriteOptions(fieldManager)).Copy();

    /// <inheritdoc/>
    public JsonObject Update(string group, string resource, string? ns, JsonObject obj, string fieldManager, string? subresource = null) =>
        Update(Resource(group, resource), ns, obj.Copy(), new WriteOptions(fieldManager) { Subresource = subresource }).Copy();

    /// <inheritdoc/>
    public JsonObject? Delete(string group, string resource, string? ns, string name, long? gracePeriodSeconds = null)
    {
        try
        {
            return Delete(Resource(group, resource), ns, name, new DeletionOptions { GracePeriodSeconds = gracePeriodSeconds }).Object.Copy();
        }
        catch (ApiException e) when (e.Code == 404)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoreEvent> Watch([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ChangeHistory.Follower follower;
        lock (_gate)
            follower = _history.Follow(null, null, _revision)!;
        await foreach (StoredChange change in Follow(follower, cancellationToken))
            yield return new StoreEvent(change.Type, change.Group, change.Resource, change.Now.Copy());
    }

    /// <summary>Puts an object in place as it is, all but its resourceVersion: another cluster's state is taken over.</summary>
    internal StoredObject Restore(ResourceInfo r, JsonObject obj)
    {
        lock (_gate)
        {
            StoredObject? before = _objects.Find(r.Group, r.Plural, obj.Metadata("namespace"), obj.Metadata("name") ?? "");
            return Put(r, obj, before is null ? "ADDED" : "MODIFIED", before);
        }
    }

    /// <summary>Reads one object, shared.</summary>
    internal StoredObject? Find(string group, string resource, string? ns, string name)
    {
        lock (_gate)
            return _objects.Find(group, resource, ns, name);
    }

    /// <summary>Reads objects, shared, in namespace and name order.</summary>
    internal IReadOnlyList<StoredObject> Objects(string group, string resource, string? ns = null)
    {
        lock (_gate)
            return _objects.List(group, resource, ns);
    }

    /// <summary>Reads objects and the resourceVersion at which they are the whole truth.</summary>
    internal (IReadOnlyList<StoredObject> Objects, long ResourceVersion) Snapshot(string group, string resource, string? ns)
    {
        lock (_gate)
            return (_objects.List(group, resource, ns), _revision);
    }

    /// <summary>Reads objects and follows their changes from there.</summary>
    internal (IReadOnlyList<StoredObject> Objects, long ResourceVersion, ChangeHistory.Follower Follower) SnapshotAndFollow(ResourceInfo r, string? ns)
    {
        lock (_gate)
            return (_objects.List(r.Group, r.Plural, ns), _revision, _history.Follow(r.Group, r.Plural, _revision)!);
    }

    /// <summary>Follows a resource's changes after a resourceVersion.</summary>
    /// <exception cref="ApiException">410 Expired when they are not kept any more.</exception>
    internal ChangeHistory.Follower FollowAfter(ResourceInfo r, long resourceVersion)
    {
        lock (_gate)
        {
            return _history.Follow(r.Group, r.Plural, resourceVersion) ?? throw Errors.Expired($"too old resource version: {resourceVersion} ({_revision})");
        }
    }

    /// <summary>A follower's changes, until the token or the store ends it.</summary>
    internal async IAsyncEnumerable<StoredChange> Follow(ChangeHistory.Follower follower, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            while (await follower.Channel.Reader.WaitToReadAsync(cancellationToken))
            {
                while (follower.Channel.Reader.TryRead(out StoredChange? change))
                    yield return change;
            }
        }
        finally
        {
            Leave(follower);
        }
    }

    /// <summary>Ends a follower.</summary>
    internal void Leave(ChangeHistory.Follower follower)
    {
        lock (_gate)
            _history.Leave(follower);
    }

    private ResourceInfo Resource(string group, string resource) => Catalog.Find(group, resource) ?? throw Errors.PathNotFound();

    private StoredObject Put(ResourceInfo r, JsonObject obj, string type, StoredObject? before)
    {
        long revision = ++_revision;
        obj["metadata"]!["resourceVersion"] = revision.ToString();
        StoredObject stored = new(ObjectShape.Ordered(obj), revision);
        if (type == "DELETED")
            _objects.Remove(r.Group, r.Plural, before!);
        else
            _objects.Set(r.Group, r.Plural, stored);
        if (r is { Group: "apiextensions.k8s.io", Plural: "customresourcedefinitions" })
            FollowDefinition(type, stored);
        _history.Add(new StoredChange(type, r.Group, r.Plural, stored, before));
        return stored;
    }

    private void FollowDefinition(string type, StoredObject definition)
    {
        if (type == "DELETED")
            Catalog.Remove(definition.Name);
        else if (definition.View.Metadata("deletionTimestamp") is null)
            Catalog.Define(definition.View);
    }
}
