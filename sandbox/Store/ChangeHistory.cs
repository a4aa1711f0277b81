using System.Threading.Channels;

namespace Flyte.MultiCluster.Sandbox.Store;

/// <summary>One change as the store keeps it.</summary>
/// <param name="Type">ADDED, MODIFIED or DELETED.</param>
/// <param name="Group">API group.</param>
/// <param name="Resource">Plural resource name.</param>
/// <param name="Now">The object after the change; for DELETED its last state at the deletion's resourceVersion.</param>
/// <param name="Before">The object before it; null for ADDED.</param>
internal sealed record StoredChange(string Type, string Group, string Resource, StoredObject Now, StoredObject? Before);

/// <summary>The last changes of a store, and those who follow them. The store's lock guards it.</summary>
internal sealed class ChangeHistory
{
    /// <summary>How many changes are kept for watches that resume.</summary>
    public const int Capacity = 1500;

    private readonly List<Follower> _followers = [];
    private readonly Queue<StoredChange> _kept = new();
    private long _forgotten;

    /// <summary>Keeps a change and tells the followers.</summary>
    public void Add(StoredChange change)
    {
        _kept.Enqueue(change);
        if (_kept.Count > Capacity)
            _forgotten = _kept.Dequeue().Now.ResourceVersion;
        foreach (Follower f in _followers)
        {
            if (f.Takes(change))
                f.Channel.Writer.TryWrite(change);
        }
    }

    /// <summary>Follows changes after a resourceVersion; null when those are not kept any more.</summary>
    public Follower? Follow(string? group, string? resource, long after)
    {
        if (after < _forgotten)
            return null;
        Follower follower = new(group, resource);
        foreach (StoredChange change in _kept)
        {
            if (change.Now.ResourceVersion > after && follower.Takes(change))
                follower.Channel.Writer.TryWrite(change);
        }
        _followers.Add(follower);
        return follower;
    }

    /// <summary>Ends a follower.</summary>
    public void Leave(Follower follower) => _followers.Remove(follower);

    /// <summary>Ends all followers and forgets all changes up to a resourceVersion.</summary>
    public void Clear(long resourceVersion)
    {
        _forgotten = resourceVersion;
        _kept.Clear();
        foreach (Follower f in _followers)
            f.Channel.Writer.TryComplete();
        _followers.Clear();
    }

    /// <summary>Someone who gets changes, of one resource or of all.</summary>
    internal sealed class Follower(string? group, string? resource)
    {
        public Channel<StoredChange> Channel { get; } = System.Threading.Channels.Channel.CreateUnbounded<StoredChange>(new() { SingleReader = true });

        public bool Takes(StoredChange change) => resource is null || (change.Resource == resource && change.Group == group);
    }
}
