using Flyte.MultiCluster.Sandbox.FlyteAdmin.Clusters;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.FlyteAdmin;

/// <summary>One cluster's part in Flyte: what its pods of flyteadmin and flytepropeller do. Ends with the cluster. Thread-safe.</summary>
public sealed class FlyteSite : IAsyncDisposable
{
    private readonly FlyteAdminServer _server;
    private readonly LocalCluster _local;
    private readonly Action<string> _log;
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Pod> _pods = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ready = new(StringComparer.Ordinal);

    /// <summary>How long a flyteadmin goes on answering after its pod's deletion.</summary>
    internal static readonly TimeSpan AnswersFor = TimeSpan.FromMilliseconds(1500);

    /// <summary>Makes the part of a cluster.</summary>
    /// <param name="server">The FlyteAdmin of all clusters.</param>
    /// <param name="isControlPlane">Whether flyteadmin runs here.</param>
    /// <param name="store">The cluster's objects.</param>
    /// <param name="log">Told of what flyteadmin and flytepropeller would log as an error.</param>
    public FlyteSite(FlyteAdminServer server, bool isControlPlane, IObjectStore store, Action<string> log)
    {
        (_server, IsControlPlane, _log) = (server, isControlPlane, log);
        _local = new LocalCluster(store);
    }

    internal bool IsControlPlane { get; }

    /// <summary>The namespace of the flyteadmin that serves; <c>flyte</c> while none does.</summary>
    internal string AdminNamespace => _server.Namespace ?? "flyte";

    internal TimeProvider Time => _server.Time;

    /// <summary>Makes an instance, which is not connected to a pod yet.</summary>
    internal AdminInstance Instance(AdminConfig config, ClusterSelector? selector, string ns) =>
        new(config, _local, Time) { Selector = selector, Namespace = ns };

    /// <summary>flyteadmin migrate seed-projects.</summary>
    internal void Seed(IEnumerable<string> projects) => _server.Database.Seed(projects);

    /// <summary>flyteadmin serve: it lives until the pod goes.</summary>
    internal void Serve(string uid, AdminInstance instance)
    {
        Keep(uid, instance);
        lock (_lock)
            _server.Add(uid, instance, _ready.Contains(uid));
    }

    /// <summary>flyteadmin clusterresource sync: once, and done with the instance.</summary>
    /// <returns>What went wrong; null for nothing.</returns>
    internal async Task<string?> SyncAsync(AdminInstance instance)
    {
        using (instance)
            return await instance.SyncAsync(_server.Database.Projects(), _end.Token);
    }

    /// <summary>flyteadmin clusterresource run: now and at each interval, until the pod goes. Failures are logged and otherwise ignored.</summary>
    internal void KeepSyncing(string uid, AdminInstance instance)
    {
        var pod = Keep(uid, instance);
        _ = Task.Run(async () =>
        {
            try
            {
                while (true)
                {
                    if (await instance.SyncAsync(_server.Database.Projects(), pod.End.Token) is { } error)
                        _log($"syncresources: Failed cluster resource creation loop with: {error}");
                    await Task.Delay(instance.Config.Refresh, Time, pod.End.Token);
                }
            }
            catch (Exception e) when (pod.End.IsCancellationRequested && e is OperationCanceledException or ObjectDisposedException or TargetException)
            {
                // The pod has gone.
            }
        });
    }

    /// <summary>A pod has become ready, or is no longer.</summary>
    internal void SetReady(string uid, bool ready)
    {
        lock (_lock)
        {
            if (ready ? _ready.Add(uid) : _ready.Remove(uid))
                _server.SetReady(uid, ready);
        }
    }

    /// <summary>Whether a pod's flyteadmin answers requests.</summary>
    internal bool Answers(string uid) => _server.Has(uid);

    /// <summary>A pod is being deleted: its flyteadmin answers until it has gone.</summary>
    internal void BeginEnd(string uid) => _server.BeginEnd(uid);

    /// <summary>A pod's time is over: it gets no more requests. Whether it has answered all that it got.</summary>
    internal bool Drain(string uid) => _server.Drain(uid);

    /// <summary>A pod has gone.</summary>
    internal void Stop(string uid)
    {
        SetReady(uid, ready: false);
        End(uid);
    }

    /// <summary>Writes what a propeller would log as an error.</summary>
    internal void Log(string line) => _log(line);

    /// <summary>Tells FlyteAdmin of a workflow.</summary>
    /// <param name="e">What happened.</param>
    /// <param name="login">The propeller's client and its secret.</param>
    /// <exception cref="AdminException">It is refused.</exception>
    internal void Record(WorkflowEvent e, (string Id, string Secret) login) => _server.Record(e, login);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        string[] left;
        lock (_lock)
            left = [.. _pods.Keys];
        foreach (var uid in left)
            Stop(uid);
    }

    // A container that starts again in the same pod takes the first one's place.
    private Pod Keep(string uid, AdminInstance instance)
    {
        End(uid);
        var pod = new Pod(instance, CancellationTokenSource.CreateLinkedTokenSource(_end.Token));
        lock (_lock)
            _pods[uid] = pod;
        return pod;
    }

    private void End(string uid)
    {
        Pod? pod;
        lock (_lock)
            _pods.Remove(uid, out pod);
        if (pod is null)
            return;
        _server.Remove(uid);
        pod.End.Cancel();
        pod.Instance.Dispose();
    }

    // The source is not disposed: a sync may be about to use its token.
    private sealed record Pod(AdminInstance Instance, CancellationTokenSource End);
}
