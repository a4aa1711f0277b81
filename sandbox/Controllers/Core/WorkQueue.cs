namespace Flyte.MultiCluster.Sandbox.Controllers.Core;

/// <summary>One thing to reconcile.</summary>
internal readonly record struct WorkItem(IController Controller, ObjectKey Key);

/// <summary>What is to be reconciled, each thing once, now or at a time. Thread-safe; timers and fault events add from outside the loop.</summary>
internal sealed class WorkQueue(TimeProvider time) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Queue<WorkItem> ready = new();
    private readonly HashSet<WorkItem> queued = [];
    private readonly PriorityQueue<WorkItem, DateTimeOffset> later = new();
    private readonly Dictionary<WorkItem, DateTimeOffset> due = [];
    private TaskCompletionSource wake = NewWake();
    private ITimer? timer;

    public void Add(WorkItem item)
    {
        lock (gate)
        {
            if (!queued.Add(item))
                return;
            ready.Enqueue(item);
            wake.TrySetResult();
        }
    }

    /// <summary>Adds it later; an earlier time that is already set stays.</summary>
    public void AddAfter(WorkItem item, TimeSpan delay)
    {
        lock (gate)
        {
            var at = time.GetUtcNow() + delay;
            if (due.TryGetValue(item, out var known) && known <= at)
                return;
            due[item] = at;
            later.Enqueue(item, at);
            Arm();
        }
    }

    public bool TryTake(out WorkItem item)
    {
        lock (gate)
        {
            if (!ready.TryDequeue(out item))
                return false;
            queued.Remove(item);
            return true;
        }
    }

    /// <summary>Completes when there is something to do, or after <see cref="Wake"/>.</summary>
    public Task WaitAsync()
    {
        lock (gate)
        {
            if (ready.Count > 0)
                return Task.CompletedTask;
            if (wake.Task.IsCompleted)
                wake = NewWake();
            return wake.Task;
        }
    }

    /// <summary>Lets the loop look around.</summary>
    public void Wake()
    {
        lock (gate)
            wake.TrySetResult();
    }

    public void Dispose()
    {
        lock (gate)
            timer?.Dispose();
    }

    private static TaskCompletionSource NewWake() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Arm()
    {
        if (!later.TryPeek(out _, out var next))
            return;
        var wait = next - time.GetUtcNow();
        if (wait < TimeSpan.Zero)
            wait = TimeSpan.Zero;
        timer ??= time.CreateTimer(_ => Due(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void Due()
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            while (later.TryPeek(out var item, out var at) && at <= now)
            {
                later.Dequeue();
                if (due.TryGetValue(item, out var wanted) && wanted == at)
                {
                    due.Remove(item);
                    if (queued.Add(item))
                        ready.Enqueue(item);
                }
            }

            Arm();
            wake.TrySetResult();
        }
    }
}
