using Flyte.MultiCluster.Sandbox.Access;
using Flyte.MultiCluster.Sandbox.Faults;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Controllers.Core;

/// <summary>From a watch's begin to its end: takes changes in and reconciles, one thing after the other.</summary>
internal sealed class ControlLoop : IDisposable
{
    private const int Burst = 32;
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMinutes(1);

    private readonly IObjectStore store;
    private readonly IPodFaults faults;
    private readonly WorkQueue queue;
    private readonly Cluster cluster;
    private readonly Func<List<TaskCompletionSource>> takeWaiting;
    private readonly Action<Exception> failed;
    private readonly List<TaskCompletionSource> waiting = [];
    private readonly Dictionary<WorkItem, TimeSpan> retries = [];
    private readonly IReadOnlyList<IFaultObserver> faultObservers;

    public ControlLoop(
        IObjectStore store, IReviews reviews, IPodFaults faults, TimeProvider time, Func<List<TaskCompletionSource>> takeWaiting, Action<Exception> failed)
    {
        (this.store, this.faults, this.takeWaiting, this.failed) = (store, faults, takeWaiting, failed);
        queue = new WorkQueue(time);
        cluster = new Cluster(store, queue, time);
        cluster.Controllers = ControllerSet.For(cluster, reviews, faults);
        faultObservers = [.. cluster.Controllers.OfType<IFaultObserver>()];
        faults.Changed += OnFaults;
    }

    public void Dispose()
    {
        faults.Changed -= OnFaults;
        queue.Dispose();
    }

    /// <summary>Lets the loop look for those who wait for quiet.</summary>
    public void Wake() => queue.Wake();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        await using var changes = store.Watch(cancellationToken).GetAsyncEnumerator(cancellationToken);
        var next = changes.MoveNextAsync().AsTask();
        foreach (var (group, resource) in KnownResources.Of(store))
        {
            foreach (var obj in store.List(group, resource))
                cluster.Saw(group, resource, obj);
        }

        try
        {
            for (var worked = 1; ; worked++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                while (next.IsCompleted)
                {
                    if (!await next)
                        return;
                    cluster.Apply(changes.Current);
                    next = changes.MoveNextAsync().AsTask();
                }

                if (queue.TryTake(out var item))
                {
                    Reconcile(item);
                    if (worked % Burst == 0)
                        await Task.Yield();
                    continue;
                }

                var more = queue.WaitAsync();
                AnswerWaiting();
                await Task.WhenAny(next, more);
            }
        }
        finally
        {
            waiting.ForEach(w => w.TrySetCanceled(cancellationToken));
        }
    }

    private void Reconcile(WorkItem item)
    {
        try
        {
            item.Controller.Reconcile(item.Key);
            retries.Remove(item);
        }
        catch (ApiException e) when (e.Code == 409)
        {
            queue.Add(item);
        }
        catch (ApiException e) when (e.Code == 404)
        {
            retries.Remove(item);
        }
        catch (Exception e)
        {
            var wait = retries.TryGetValue(item, out var last) ? last * 2 : FirstRetry;
            retries[item] = wait < LastRetry ? wait : LastRetry;
            queue.AddAfter(item, retries[item]);
            failed(e);
        }
    }

    private void AnswerWaiting()
    {
        waiting.AddRange(takeWaiting());
        if (waiting.Count == 0 || !IsUpToDate())
            return;
        waiting.ForEach(w => w.TrySetResult());
        waiting.Clear();
    }

    /// <summary>Whether every object of the store is known as it is; where not, an event is on its way.</summary>
    private bool IsUpToDate()
    {
        var stored = 0;
        foreach (var (group, resource) in cluster.Cache.Resources.Union(KnownResources.Of(store)))
        {
            foreach (var obj in store.List(group, resource))
            {
                stored++;
                var key = new ObjectKey(group, resource, obj.Metadata("namespace") ?? "", obj.Metadata("name") ?? "");
                if (cluster.Cache.Get(key)?.Object.Metadata("resourceVersion") != obj.Metadata("resourceVersion"))
                    return false;
            }
        }

        return stored == cluster.Cache.All.Count();
    }

    private void OnFaults(object? sender, EventArgs e)
    {
        foreach (var observer in faultObservers)
            observer.FaultsChanged();
    }
}

/// <summary>A controller that reacts to faults. Called from any thread: it may only queue.</summary>
internal interface IFaultObserver
{
    /// <summary>Faults were added or removed.</summary>
    void FaultsChanged();
}
