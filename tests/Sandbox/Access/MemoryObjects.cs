using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Tests.Sandbox.Access;

/// <summary>Objects in a dictionary: a store without rules, for tests of what reads it.</summary>
internal sealed class MemoryObjects : IObjectStore
{
    private readonly SortedDictionary<string, JsonObject> _objects = new(StringComparer.Ordinal);
    private int _uids;

    public JsonObject? Get(string group, string resource, string? ns, string name) =>
        _objects.GetValueOrDefault(Key(group, resource, ns, name))?.DeepClone().AsObject();

    public IReadOnlyList<JsonObject> List(string group, string resource, string? ns = null) =>
        [
            .. _objects
                .Where(o => o.Key.StartsWith($"{group}|{resource}|{(ns is null ? "" : ns + "|")}", StringComparison.Ordinal))
                .Select(o => o.Value.DeepClone().AsObject()),
        ];

    public JsonObject Create(string group, string resource, string? ns, JsonObject obj, string fieldManager)
    {
        var stored = obj.DeepClone().AsObject();
        stored["metadata"]!["uid"] ??= $"uid-{++_uids}";
        _objects.Add(Key(group, resource, ns, Name(obj)), stored);
        return stored.DeepClone().AsObject();
    }

    public JsonObject Update(string group, string resource, string? ns, JsonObject obj, string fieldManager, string? subresource = null)
    {
        _objects[Key(group, resource, ns, Name(obj))] = obj.DeepClone().AsObject();
        return obj;
    }

    public JsonObject? Delete(string group, string resource, string? ns, string name, long? gracePeriodSeconds = null) =>
        _objects.Remove(Key(group, resource, ns, name), out var was) ? was : null;

    public async IAsyncEnumerable<StoreEvent> Watch([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        yield break;
    }

    private static string Key(string group, string resource, string? ns, string name) => $"{group}|{resource}|{ns}|{name}";

    private static string Name(JsonObject obj) => obj["metadata"]!["name"]!.GetValue<string>();
}
