using Flyte.MultiCluster.Sandbox.Access;
using Flyte.MultiCluster.Sandbox.Faults;

namespace Flyte.MultiCluster.Sandbox.Hosting;

/// <summary>One served cluster: a name, keys and a port that stay, and a backend that a reset replaces.</summary>
public sealed class Cluster : IAsyncDisposable
{
    private readonly ClusterBackendFactory _create;
    private readonly ClusterPodFaults _faults;
    private readonly bool _ownsKeys;
    private Running? _running;

    /// <summary>Makes a cluster that does not run yet.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="faults">All faults.</param>
    /// <param name="create">Makes its backend.</param>
    /// <param name="time">The clock.</param>
    public Cluster(string name, FaultSet faults, ClusterBackendFactory create, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        (Name, _create) = (name, create);
        _faults = new ClusterPodFaults(faults, name);
        Keys = new ClusterKeys(time.GetUtcNow());
        _ownsKeys = true;
    }

    /// <summary>Makes a service beside a cluster, with the cluster's keys; it does not run yet.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="beside">The cluster.</param>
    /// <param name="faults">All faults.</param>
    /// <param name="create">Makes what answers for it.</param>
    public Cluster(string name, Cluster beside, FaultSet faults, ClusterBackendFactory create)
    {
        ArgumentNullException.ThrowIfNull(beside);
        (Name, Keys, _create) = (name, beside.Keys, create);
        _faults = new ClusterPodFaults(faults, name);
    }

    /// <summary>Below this path and its name it answers too, as behind Rancher.</summary>
    public const string PathPrefix = "/k8s/clusters";

    /// <summary>Its name, which is that of its context in the kubeconfig.</summary>
    public string Name { get; }

    /// <summary>Its keys.</summary>
    public ClusterKeys Keys { get; }

    /// <summary>The requests to it.</summary>
    public RequestLog Requests { get; } = new();

    /// <summary>The port on loopback; 0 before it listens.</summary>
    public int Port { get; set; }

    /// <summary>Its address.</summary>
    public string Server => $"https://127.0.0.1:{Port}";

    /// <summary>Starts it, empty; what ran before ends, its watches too.</summary>
    public async Task StartAsync()
    {
        var next = new Running(_create(Name, Keys, _faults));
        await next.Backend.StartAsync(next.End.Token);
        if (Interlocked.Exchange(ref _running, next) is { } last)
        {
            await last.DisposeAsync();
        }

        Requests.Clear();
    }

    /// <summary>Answers a request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (Volatile.Read(ref _running) is not { } running)
        {
            context.Abort();
            return;
        }

        using var both = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, running.End.Token);
        context.RequestAborted = both.Token;
        await running.Backend.HandleAsync(context);
    }

    /// <summary>Stops it; requests that come from now on are cut.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _running, null) is { } last)
        {
            await last.DisposeAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_ownsKeys)
        {
            Keys.Dispose();
        }
    }

    private sealed class Running(IClusterBackend backend) : IAsyncDisposable
    {
        public IClusterBackend Backend { get; } = backend;

        public CancellationTokenSource End { get; } = new();

        // The source is not disposed: a request may be about to link to it.
        public async ValueTask DisposeAsync()
        {
            try
            {
                await End.CancelAsync();
            }
            catch (AggregateException)
            {
                // A request that was ending by itself threw in its own clean-up; all others are told all the same.
            }

            await Backend.DisposeAsync();
        }
    }
}
