using Flyte.MultiCluster.Sandbox.Access;
using Flyte.MultiCluster.Sandbox.Faults;

namespace Flyte.MultiCluster.Sandbox.Hosting;

/// <summary>What answers for one cluster: its objects, its API server and its controllers. A reset makes a new one.</summary>
public interface IClusterBackend : IAsyncDisposable
{
    /// <summary>Makes what a fresh cluster has and starts the controllers, which end with the token.</summary>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Answers a request.</summary>
    Task HandleAsync(HttpContext context);
}

/// <summary>Makes the backend of a cluster.</summary>
/// <param name="name">The cluster's name.</param>
/// <param name="keys">The cluster's keys.</param>
/// <param name="faults">The faults of its controllers.</param>
public delegate IClusterBackend ClusterBackendFactory(string name, ClusterKeys keys, IPodFaults faults);
