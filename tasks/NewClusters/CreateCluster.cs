using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.NewClusters;

/// <summary>Runbook: <c>eksctl create cluster … --without-nodegroup</c>, for the data planes whose fleet entry says how; and their kubeconfig contexts.</summary>
[TaskName(nameof(CreateCluster))]
[TaskDescription("Create the EKS clusters that the fleet says how to create, without nodes, and their kubeconfig contexts: asks first, unless --yes is given")]
[UsesFleet(Helm = false)]
public sealed class CreateCluster : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        using var contexts = new NewContexts(context);
        await context.OnNewClustersAsync(nameof(CreateCluster), (plane, state, cancellationToken) => new ClusterCreation(context, contexts, plane, state).RunAsync(cancellationToken));
    }
}
