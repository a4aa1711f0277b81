using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;
using Flyte.MultiCluster.Common.Tools.Eksctl;

namespace Flyte.MultiCluster.Tasks.NewClusters;

/// <summary>Runbook: "Add a nodegroup to the cluster", <c>eksctl utils associate-iam-oidc-provider</c>: after it the cluster can join.</summary>
/// <param name="check">Reads, checks and asks.</param>
/// <param name="aws">The aws commands.</param>
/// <param name="eksctl">The eksctl commands.</param>
[TaskName(nameof(CreateNodeGroup))]
[TaskDescription("Create these clusters, their node groups and OIDC providers: everything that AddDataPlane needs")]
[IsDependentOn(typeof(CreateCluster))]
[UsesFleet(Helm = false)]
public sealed class CreateNodeGroup(NewClusterCheck check, AwsTools aws, EksctlRunner eksctl) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.OnNewClustersAsync(
            check,
            nameof(CreateNodeGroup),
            (plane, state, cancellationToken) => new NodeGroupCreation(context, plane, state, aws, eksctl).RunAsync(cancellationToken)
        );
    }
}
