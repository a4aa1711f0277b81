using Flyte.MultiCluster.Sandbox.FlyteAdmin.Database;
using Flyte.MultiCluster.Sandbox.FlyteAdmin.Gateway;
using Flyte.MultiCluster.Sandbox.Hosting;

namespace Flyte.MultiCluster.Sandbox.FlyteAdmin;

/// <summary>
/// The sandbox's FlyteAdmin: its database, the flyteadmins that run in the control plane's pods, and the HTTP service that the newest
/// ready one of them answers, with those whose pods are being deleted. Thread-safe.
/// </summary>
public sealed class FlyteAdminServer
{
    /// <summary>Its name where a cluster's could stand: in faults and in the request log.</summary>
    public const string Name = "flyteadmin";

    private readonly Lock _lock = new();
    private readonly List<Running> _running = [];
    private readonly HttpGateway _gateway;
    private bool _isOldsTurn;

    /// <summary>Makes one with an empty database and nothing that runs.</summary>
    /// <param name="time">The clock.</param>
    public FlyteAdminServer(TimeProvider time)
    {
        Time = time;
        Database = new AdminDatabase(time);
        Executions = new Executions(Database);
        Authorization = new OAuthServer(time);
        _gateway = new HttpGateway(this);
    }

    internal TimeProvider Time { get; }

    internal AdminDatabase Database { get; }

    internal Executions Executions { get; }

    internal OAuthServer Authorization { get; }

    /// <summary>Whether one answers.</summary>
    internal bool IsServed
    {
        get
        {
            lock (_lock)
                return _running.Exists(r => r.Ready);
        }
    }

    /// <summary>The namespace of the newest that is ready; null for none.</summary>
    internal string? Namespace
    {
        get
        {
            lock (_lock)
                return _running.FindLast(r => r.Ready)?.Instance.Namespace;
        }
    }

    /// <summary>
    /// Who answers the next request: the newest that is ready, and by turns with it one whose pod is being deleted, as a Service's endpoints are
    /// slower than the Deployment's status; null for none.
    /// </summary>
    internal Turn? Next()
    {
        lock (_lock)
        {
            var newest = _running.FindLast(r => r is { Ready: true, Ending: false });
            var ending = _running.FindLast(r => r is { Ready: true, Ending: true });
            _isOldsTurn = !_isOldsTurn;
            var chosen = (newest, ending) switch
            {
                (null, _) => ending,
                (_, null) => newest,
                _ => _isOldsTurn ? ending : newest,
            };
            return chosen is null ? null : new Turn(this, chosen);
        }
    }

    /// <summary>What answers its requests; each start empties the database and switches authentication off.</summary>
    public IClusterBackend Backend() => new FreshBackend(this);

    /// <summary>A pod's flyteadmin has started.</summary>
    internal void Add(string uid, AdminInstance instance, bool ready)
    {
        lock (_lock)
            _running.Add(new Running(uid, instance) { Ready = ready });
    }

    /// <summary>A pod has become ready, or is no longer.</summary>
    internal void SetReady(string uid, bool ready)
    {
        lock (_lock)
        {
            foreach (var running in _running.Where(r => r.Uid == uid))
                running.Ready = ready;
        }
    }

    /// <summary>Whether a pod's flyteadmin runs.</summary>
    internal bool Has(string uid)
    {
        lock (_lock)
            return _running.Exists(r => r.Uid == uid);
    }

    /// <summary>A pod is being deleted.</summary>
    internal void BeginEnd(string uid)
    {
        lock (_lock)
        {
            foreach (var running in _running.Where(r => r.Uid == uid))
                running.Ending = true;
        }
    }

    /// <summary>A pod's time is over: it gets no more requests.</summary>
    /// <returns>Whether it has answered all that it got, as a process does before it ends.</returns>
    internal bool Drain(string uid)
    {
        lock (_lock)
        {
            foreach (var running in _running.Where(r => r.Uid == uid))
                running.Ready = false;
            return _running.TrueForAll(r => r.Uid != uid || r.Requests == 0);
        }
    }

    /// <summary>A pod has gone.</summary>
    internal void Remove(string uid)
    {
        lock (_lock)
            _running.RemoveAll(r => r.Uid == uid);
    }

    /// <summary>Takes the event of a propeller in.</summary>
    /// <exception cref="AdminException">It is refused, also for want of a login, or no flyteadmin answers.</exception>
    internal void Record(WorkflowEvent e, (string Id, string Secret) login)
    {
        if (!IsServed)
            throw new AdminException(AdminCode.Unavailable, HttpGateway.NobodyServes);
        Authorization.RequirePropeller(login);
        Executions.Record(e);
    }

    internal sealed class Running(string uid, AdminInstance instance)
    {
        public string Uid => uid;

        public AdminInstance Instance => instance;

        public bool Ready { get; set; }

        public bool Ending { get; set; }

        public int Requests { get; set; }
    }

    /// <summary>A request that an instance answers.</summary>
    internal sealed class Turn : IDisposable
    {
        private readonly FlyteAdminServer _server;
        private readonly Running _running;

        internal Turn(FlyteAdminServer server, Running running)
        {
            (_server, _running) = (server, running);
            _running.Requests++;
        }

        /// <summary>Who answers it.</summary>
        public AdminInstance Instance => _running.Instance;

        /// <inheritdoc/>
        public void Dispose()
        {
            lock (_server._lock)
                _running.Requests--;
        }
    }

    private sealed class FreshBackend(FlyteAdminServer server) : IClusterBackend
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            server.Database.Clear();
            server.Authorization.Configure(null);
            return Task.CompletedTask;
        }

        public Task HandleAsync(HttpContext context) => server._gateway.HandleAsync(context);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
