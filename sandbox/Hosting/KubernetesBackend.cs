using Flyte.MultiCluster.Sandbox.Access;
using Flyte.MultiCluster.Sandbox.Api;
using Flyte.MultiCluster.Sandbox.Controllers;
using Flyte.MultiCluster.Sandbox.Faults;
using Flyte.MultiCluster.Sandbox.FlyteAdmin;
using Flyte.MultiCluster.Sandbox.Patching;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Hosting;

/// <summary>A Kubernetes cluster: objects, access to them, the API server and the controllers, put together.</summary>
public sealed class KubernetesBackend : IClusterBackend
{
    private readonly ObjectStore _store;
    private readonly ApiServer _server;
    private readonly ClusterControllers _controllers;
    private readonly FlyteSite _flyte;
    private Task _running = Task.CompletedTask;

    /// <summary>Puts an empty cluster together.</summary>
    /// <param name="name">The cluster's name, for the log.</param>
    /// <param name="keys">The cluster's keys.</param>
    /// <param name="faults">The faults of its controllers.</param>
    /// <param name="flyteAdmin">The FlyteAdmin of all clusters.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Told of what should not happen.</param>
    public KubernetesBackend(string name, ClusterKeys keys, IPodFaults faults, FlyteAdminServer flyteAdmin, TimeProvider time, Action<string> log)
    {
        var managedFields = new ManagedFields();
        _store = new ObjectStore(managedFields, time);
        var access = new ClusterAccess(keys, _store, time);
        _server = new ApiServer(_store, new Patches(), managedFields, new RecordingAuthenticator(access.Authenticator), access.Authorizer, access.Reviews, time)
        {
            Admission = access.Escalation.Check,
        };
        _flyte = new FlyteSite(flyteAdmin, name == ClientFiles.ControlPlane, _store, log);
        _controllers = new ClusterControllers(_store, access.Reviews, faults, time, _flyte);
        _controllers.ReconcileFailed += (_, e) => log($"{name}: a controller failed: {e}");
    }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        DefaultRoles.Seed(_store);
        _running = Task.Run(() => _controllers.RunAsync(cancellationToken), CancellationToken.None);
        await _controllers.WhenQuietAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context) => _server.HandleAsync(context);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _flyte.DisposeAsync();
        await _running;
        // A pod may have started until then.
        await _flyte.DisposeAsync();
    }
}
