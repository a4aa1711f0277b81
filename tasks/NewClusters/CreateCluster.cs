using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;
using Flyte.MultiCluster.Common.Tools.Eksctl;
using Flyte.MultiCluster.Common.Tools.Kubectl;

namespace Flyte.MultiCluster.Tasks.NewClusters;

/// <summary>Runbook: <c>eksctl create cluster … --without-nodegroup</c>, for the data planes whose fleet entry says how; and their kubeconfig
/// contexts.</summary>
/// <param name="check">Reads, checks and asks.</param>
/// <param name="aws">The aws commands.</param>
/// <param name="eksctl">The eksctl commands.</param>
/// <param name="kubectl">The kubectl commands.</param>
[TaskName(nameof(CreateCluster))]
[TaskDescription("Create the EKS clusters that the fleet describes, without nodes, and their kubeconfig contexts: asks first, unless --yes is given")]
[UsesFleet(Helm = false)]
public sealed class CreateCluster(NewClusterCheck check, AwsTools aws, EksctlRunner eksctl, KubectlTools kubectl) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        using var contexts = new NewContexts(context, kubectl, aws.Time);
        await context.OnNewClustersAsync(
            check,
            nameof(CreateCluster),
            (plane, state, cancellationToken) => new ClusterCreation(context, contexts, plane, state, aws, eksctl).RunAsync(cancellationToken)
        );
    }
}
