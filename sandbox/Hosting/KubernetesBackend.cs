using Flyte.MultiCluster.Sandbox.Access;
using Flyte.MultiCluster.Sandbox.Api;
using Flyte.MultiCluster.Sandbox.Faults;
using Flyte.MultiCluster.Sandbox.Patching;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Hosting;

/// <summary>A Kubernetes cluster: objects, access to them, the API server and the controllers, put together.</summary>
public sealed class KubernetesBackend : IClusterBackend
{
    private readonly ObjectStore _store;
    private readonly ApiServer _server;

    /// <summary>Puts an empty cluster together.</summary>
    /// <param name="keys">The cluster's keys.</param>
    /// <param name="faults">The faults of its controllers.</param>
    /// <param name="time">The clock.</param>
    public KubernetesBackend(ClusterKeys keys, IPodFaults faults, TimeProvider time)
    {
        var managedFields = new ManagedFields();
        _store = new ObjectStore(managedFields, time);
        var access = new ClusterAccess(keys, _store, time);
        _server = new ApiServer(
            _store, new Patches(), managedFields, new RecordingAuthenticator(access.Authenticator), access.Authorizer, access.Reviews, time);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        DefaultRoles.Seed(_store);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context) => _server.HandleAsync(context);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
