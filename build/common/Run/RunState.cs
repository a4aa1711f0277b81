using System.Collections.Concurrent;

namespace Flyte.MultiCluster.Common.Run;

/// <summary>What stages keep until the run ends, each in a type of its own, so that a run need not know its stages. Thread-safe.</summary>
public sealed class RunState
{
    private readonly ConcurrentDictionary<Type, object> _parts = new();

    /// <summary>A stage's part, made when it is first asked for.</summary>
    /// <typeparam name="T">The stage's own type.</typeparam>
    public T Of<T>()
        where T : class, new() => (T)_parts.GetOrAdd(typeof(T), static _ => new T());
}
