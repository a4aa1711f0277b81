namespace Flyte.MultiCluster.Sandbox.Hosting;

/// <summary>Says when nothing has happened for a while. Thread-safe.</summary>
public sealed class IdleTimer : IDisposable
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _idle;
    private readonly Action _onIdle;
    private readonly ITimer _timer;
    private long _last;

    /// <summary>Makes a timer that does not wait yet.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="idle">How long nothing must happen.</param>
    /// <param name="onIdle">What to do then, once.</param>
    public IdleTimer(TimeProvider time, TimeSpan idle, Action onIdle)
    {
        ArgumentNullException.ThrowIfNull(time);
        (_time, _idle, _onIdle) = (time, idle, onIdle);
        _timer = time.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Starts waiting: what took a while before was no idleness.</summary>
    public void Start()
    {
        Touch();
        _timer.Change(_idle, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Something happened.</summary>
    public void Touch() => Volatile.Write(ref _last, _time.GetTimestamp());

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var left = _idle - _time.GetElapsedTime(Volatile.Read(ref _last));
        if (left <= TimeSpan.Zero)
        {
            _onIdle();
        }
        else
        {
            _timer.Change(left, Timeout.InfiniteTimeSpan);
        }
    }
}
