using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.NewClusters;

/// <summary>Runbook: "Add a nodegroup to the cluster", <c>eksctl utils associate-iam-oidc-provider</c>: after it the cluster can join.</summary>
[TaskName(nameof(CreateNodeGroup))]
[TaskDescription("Create these clusters, their node groups and OIDC providers: everything that AddDataPlane needs of them")]
[IsDependentOn(typeof(CreateCluster))]
[UsesFleet(Helm = false)]
public sealed class CreateNodeGroup : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.OnNewClustersAsync(nameof(CreateNodeGroup), (plane, state, cancellationToken) => new NodeGroupCreation(context, plane, state).RunAsync(cancellationToken));
    }
}
