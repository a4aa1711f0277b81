namespace Flyte.MultiCluster.Sandbox.Store;

/// <summary>The objects by resource, namespace and name. The store's lock guards it.</summary>
internal sealed class ObjectTable
{
    private readonly Dictionary<(string Group, string Resource), SortedDictionary<string, SortedDictionary<string, StoredObject>>> _objects = [];

    /// <summary>The resources that hold objects.</summary>
    public IReadOnlyList<(string Group, string Resource)> Resources => [.. _objects.Keys];

    public StoredObject? Find(string group, string resource, string? ns, string name) =>
        _objects.TryGetValue((group, resource), out var namespaces) && namespaces.TryGetValue(ns ?? "", out var named) ? named.GetValueOrDefault(name) : null;

    public IReadOnlyList<StoredObject> List(string group, string resource, string? ns)
    {
        if (!_objects.TryGetValue((group, resource), out var namespaces))
            return [];
        if (ns is null)
            return [.. namespaces.Values.SelectMany(n => n.Values)];
        return namespaces.TryGetValue(ns, out var named) ? [.. named.Values] : [];
    }

    public void Set(string group, string resource, StoredObject obj)
    {
        if (!_objects.TryGetValue((group, resource), out var namespaces))
            _objects[(group, resource)] = namespaces = new(StringComparer.Ordinal);
        if (!namespaces.TryGetValue(obj.Namespace, out var named))
            namespaces[obj.Namespace] = named = new(StringComparer.Ordinal);
        named[obj.Name] = obj;
    }

    public void Remove(string group, string resource, StoredObject obj)
    {
        if (
            _objects.TryGetValue((group, resource), out var namespaces)
            && namespaces.TryGetValue(obj.Namespace, out var named)
            && named.Remove(obj.Name)
            && named.Count == 0
        )
            namespaces.Remove(obj.Namespace);
    }

    public void Clear() => _objects.Clear();
}
