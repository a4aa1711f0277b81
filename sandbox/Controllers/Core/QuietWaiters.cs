namespace Flyte.MultiCluster.Sandbox.Controllers.Core;

/// <summary>Those who wait until the controllers have nothing to do. Thread-safe; they outlive a control loop.</summary>
internal sealed class QuietWaiters
{
    private readonly Lock gate = new();
    private List<TaskCompletionSource> waiting = [];
    private bool ended;

    /// <summary>Raised, on the waiter's thread, when one more waits.</summary>
    public event EventHandler? Added;

    public Task Add()
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (ended)
                return Task.FromCanceled(new CancellationToken(canceled: true));
            waiting.Add(waiter);
        }

        Added?.Invoke(this, EventArgs.Empty);
        return waiter.Task;
    }

    /// <summary>Answers those who wait now if it is quiet.</summary>
    /// <param name="isQuiet">Asked only if somebody waits.</param>
    public void Answer(Func<bool> isQuiet)
    {
        List<TaskCompletionSource> asked;
        lock (gate)
        {
            if (waiting.Count == 0)
                return;
            (asked, waiting) = (waiting, []);
        }

        if (isQuiet())
        {
            asked.ForEach(w => w.TrySetResult());
            return;
        }

        lock (gate)
            waiting.AddRange(asked);
    }

    /// <summary>Nobody will answer any more.</summary>
    public void End()
    {
        lock (gate)
        {
            ended = true;
            waiting.ForEach(w => w.TrySetCanceled());
            waiting.Clear();
        }
    }
}
