using Flyte.MultiCluster.Sandbox.Access;
using Flyte.MultiCluster.Sandbox.Faults;
using Flyte.MultiCluster.Sandbox.FlyteAdmin;
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
    private readonly QuietWaiters waiters;
    private readonly Action<Exception> failed;
    private readonly Dictionary<WorkItem, TimeSpan> retries = [];
    private readonly IReadOnlyList<IFaultObserver> faultObservers;

    public ControlLoop(
        IObjectStore store,
        IReviews reviews,
        IPodFaults faults,
        FlyteSite? site,
        TimeProvider time,
        QuietWaiters waiters,
        Action<Exception> failed
    )
    {
        (this.store, this.faults, this.waiters, this.failed) = (store, faults, waiters, failed);
        queue = new WorkQueue(time);
        cluster = new Cluster(store, queue, time);
        cluster.Controllers = ControllerSet.For(cluster, reviews, faults, site);
        faultObservers = [.. cluster.Controllers.OfType<IFaultObserver>()];
        faults.Changed += OnFaults;
        waiters.Added += OnWaiting;
    }

    public void Dispose()
    {
        faults.Changed -= OnFaults;
        waiters.Added -= OnWaiting;
        queue.Dispose();
    }

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

        for (var worked = 1; ; worked++)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                // A watch cannot be disposed of while it is being asked for its next change.
                await Task.WhenAny(next);
                cancellationToken.ThrowIfCancellationRequested();
            }

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
            waiters.Answer(IsUpToDate);
            await Task.WhenAny(next, more);
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
        catch (ApiException e) when (e.Code == 404 || IsNamespaceTerminating(e))
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

    private static bool IsNamespaceTerminating(ApiException e) =>
        e.Code == 403 && e.Message.EndsWith("because it is being terminated", StringComparison.Ordinal);

    private void OnWaiting(object? sender, EventArgs e) => queue.Wake();

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
