using System.Globalization;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Faults;
using Flyte.MultiCluster.Sandbox.FlyteAdmin;

namespace Flyte.MultiCluster.Sandbox.Hosting;

/// <summary>The sandbox: its clusters, what they are told to pretend, and its life.</summary>
public sealed class SandboxHost : IAsyncDisposable
{
    private readonly SandboxOptions _options;
    private readonly StateFolder _folder;
    private readonly ClusterBackendFactory _create;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _startedAt;
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly List<Endpoints> _endpoints = [];
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IdleTimer _idle;
    private readonly RequestPipeline _pipeline;
    private volatile IReadOnlyList<Cluster> _clusters = [];
    private Cluster? _flyteAdmin;

    /// <summary>Makes a sandbox that does not run yet.</summary>
    /// <param name="options">What to serve.</param>
    /// <param name="folder">Its state folder, which stays the caller's.</param>
    /// <param name="create">Makes the clusters' backends.</param>
    /// <param name="time">The clock.</param>
    /// <param name="flyteAdmin">The FlyteAdmin that the backends' pods belong to; null for one of which nothing runs.</param>
    public SandboxHost(SandboxOptions options, StateFolder folder, ClusterBackendFactory create, TimeProvider time, FlyteAdminServer? flyteAdmin = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        (_options, _folder, _create, _time) = (options, folder, create, time);
        _startedAt = time.GetUtcNow();
        FlyteAdmin = flyteAdmin ?? new FlyteAdminServer(time);
        _idle = new IdleTimer(time, options.Idle, () => Stop($"no request for {options.Idle.TotalSeconds} s"));
        _pipeline = new RequestPipeline(Faults, time, _idle, folder.Log) { Latency = options.Latency };
    }

    /// <summary>The faults in force.</summary>
    public FaultSet Faults { get; } = new();

    /// <summary>FlyteAdmin: what runs, and what it keeps.</summary>
    public FlyteAdminServer FlyteAdmin { get; }

    /// <summary>FlyteAdmin's listener; null before it listens.</summary>
    public Cluster? FlyteAdminListener => _flyteAdmin;

    /// <summary>The clusters and FlyteAdmin: everything that has a request log and meets faults.</summary>
    public IEnumerable<Cluster> Listeners => _flyteAdmin is { } flyteAdmin ? _clusters.Append(flyteAdmin) : _clusters;

    /// <summary>The clusters, the control plane first.</summary>
    public IReadOnlyList<Cluster> Clusters => _clusters;

    /// <summary>The pretended round trip.</summary>
    public TimeSpan Latency => _pipeline.Latency;

    /// <summary>Ends, with the reason, when the process should.</summary>
    public Task<string> Ended => _ended.Task;

    /// <summary>Starts everything, then says so in the state folder.</summary>
    public async Task StartAsync()
    {
        _folder.CopyFolder(Path.Combine(AppContext.BaseDirectory, "chart"), "chart");
        var control = new ControlInterface(this, _idle);
        _endpoints.Add(await Endpoints.ListenAsync(_folder.SocketPath(), control.HandleAsync));
        await GrowAsync(_options.DataPlanes);
        _idle.Start();
        _folder.Log($"serving {_clusters.Count} clusters: {string.Join(", ", _clusters.Select(c => $"{c.Name} {c.Server}"))}");
    }

    /// <summary>Grows to a number of data planes; never shrinks.</summary>
    public async Task GrowAsync(int dataPlanes)
    {
        await _changing.WaitAsync();
        try
        {
            var have = _clusters.Count;
            if (have >= dataPlanes + 1)
            {
                return;
            }

            var added = new Cluster[dataPlanes + 1 - have];
            Parallel.For(
                0,
                added.Length,
                i => added[i] = new Cluster(have + i == 0 ? ClientFiles.ControlPlane : ClientFiles.DataPlane(have + i), Faults, _create, _time)
            );
            await Task.WhenAll(added.Select(cluster => Task.Run(cluster.StartAsync)));
            var flyteAdmin = _flyteAdmin is null ? new Cluster(FlyteAdminServer.Name, added[0], Faults, (_, _, _) => FlyteAdmin.Backend()) : null;
            if (flyteAdmin is not null)
            {
                await flyteAdmin.StartAsync();
            }

            _endpoints.Add(await Endpoints.ListenAsync([.. added, .. flyteAdmin is null ? Array.Empty<Cluster>() : [flyteAdmin]], _pipeline.HandleAsync));
            _flyteAdmin ??= flyteAdmin;
            _clusters = [.. _clusters, .. added];
            Publish();
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Sets the pretended round trip.</summary>
    public async Task SetLatencyAsync(TimeSpan latency)
    {
        await _changing.WaitAsync();
        try
        {
            _pipeline.Latency = latency;
            Publish();
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Makes everything as freshly started, but for keys and ports: clusters, counts, faults and latency.</summary>
    public async Task ResetAsync()
    {
        await _changing.WaitAsync();
        try
        {
            Faults.Clear();
            _pipeline.Latency = _options.Latency;
            await Task.WhenAll(_clusters.Select(cluster => Task.Run(cluster.StartAsync)));
            await _flyteAdmin!.StartAsync();
            Publish();
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Says that the process should end.</summary>
    public void Stop(string reason) => _ended.TrySetResult(reason);

    /// <summary>Writes to the sandbox's log.</summary>
    public void Log(string line) => _folder.Log(line);

    /// <summary>The content of <c>sandbox.json</c>.</summary>
    public JsonObject State() =>
        new()
        {
            ["pid"] = Environment.ProcessId,
            ["startedAt"] = _startedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            ["controlSocket"] = _folder.SocketPath(),
            ["latencyMs"] = (long)Latency.TotalMilliseconds,
            ["flyteAdmin"] = _flyteAdmin?.Server,
            ["clusters"] = new JsonArray([.. _clusters.Select(c => new JsonObject { ["name"] = c.Name, ["server"] = c.Server })]),
        };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _folder.Delete("sandbox.json");
        _idle.Dispose();
        await Task.WhenAll(Listeners.Select(c => c.StopAsync()));
        await Task.WhenAll(_endpoints.Select(e => e.DisposeAsync().AsTask()));
        foreach (var cluster in Listeners)
        {
            await cluster.DisposeAsync();
        }

        _changing.Dispose();
    }

    private void Publish()
    {
        _folder.Write(ClientFiles.FlyteAdminAuthority, _flyteAdmin!.Keys.Certificates.AuthorityPem);
        _folder.Write("kubeconfig", ClientFiles.Kubeconfig(_clusters));
        _folder.Write("fleet.yaml", ClientFiles.Fleet(_clusters) + ClientFiles.FlyteAdminFleet(_clusters, _flyteAdmin!.Server));
        _folder.Write("sandbox.json", State().ToJsonString() + "\n");
    }
}
