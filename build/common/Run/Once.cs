namespace Flyte.MultiCluster.Common.Run;

/// <summary>Something that a run reads when it is first asked for, and once however many ask at the same time. Thread-safe.</summary>
/// <typeparam name="T">What is read.</typeparam>
public sealed class Once<T>
{
    private readonly Lock _lock = new();
    private Task<T>? _read;

    /// <summary>What was read; the default value before, and where reading it failed.</summary>
    public T? Value => _read is { IsCompletedSuccessfully: true } read ? read.Result : default;

    /// <summary>Reads it, unless that was begun before.</summary>
    /// <param name="read">Reads it; if that fails, it fails for everybody who asks.</param>
    public Task<T> GetAsync(Func<Task<T>> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        lock (_lock)
            return _read ??= read();
    }

    /// <summary>Replaces it by something newer.</summary>
    /// <param name="value">What is so by now.</param>
    public void Set(T value)
    {
        lock (_lock)
            _read = Task.FromResult(value);
    }
}
