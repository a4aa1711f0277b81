using Flyte.MultiCluster.Sandbox.Access;
using Flyte.MultiCluster.Sandbox.Controllers.Core;
using Flyte.MultiCluster.Sandbox.Faults;
using Flyte.MultiCluster.Sandbox.FlyteAdmin;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Controllers;

/// <summary>
/// What works in a cluster besides its API server: the controller manager (service accounts and their tokens, namespaces, garbage,
/// Deployments, ReplicaSets, StatefulSets, Jobs), the scheduler and a kubelet whose containers only pretend, but for Flyte's own.
/// One loop a cluster, driven by the store's changes.
/// </summary>
/// <param name="store">The cluster's objects.</param>
/// <param name="reviews">Signs tokens and knows the CA.</param>
/// <param name="faults">What shall go wrong.</param>
/// <param name="time">The clock of all timestamps and back-offs.</param>
/// <param name="site">What flyteadmin and flytepropeller do here; null where their containers only load their files.</param>
public sealed class ClusterControllers(IObjectStore store, IReviews reviews, IPodFaults faults, TimeProvider time, FlyteSite? site = null)
{
    private readonly QuietWaiters waiters = new();

    /// <summary>Raised when bringing one object towards what it should be failed unexpectedly; it is tried again.</summary>
    public event EventHandler<ErrorEventArgs>? ReconcileFailed;

    /// <summary>Runs the controllers; starts over when the store ends its watches. Returns when the token is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                using var loop = new ControlLoop(store, reviews, faults, site, time, waiters, e => ReconcileFailed?.Invoke(this, new ErrorEventArgs(e)));
                await loop.RunAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The way it ends.
        }
        finally
        {
            waiters.End();
        }
    }

    /// <summary>
    /// Completes once the controllers have seen everything that is in the store now and have nothing left to do before the clock moves on.
    /// Back-offs and deadlines are not waited for.
    /// </summary>
    public Task WhenQuietAsync(CancellationToken cancellationToken = default) => waiters.Add().WaitAsync(cancellationToken);
}
