using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Prerequisites.Aws;

/// <summary>Runbook: <c>eksctl utils associate-iam-oidc-provider --cluster … --approve</c>.</summary>
[TaskName(nameof(AssociateOidcProvider))]
[TaskDescription("Associate an IAM OIDC provider with every EKS cluster that has none")]
[IsDependentOn(typeof(CheckAws))]
[UsesFleet(Cloud = Clouds.Aws)]
public sealed class AssociateOidcProvider : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context)
        => context.OnAwsAsync(nameof(AssociateOidcProvider), static (context, snapshot, cancellationToken) => new ProviderAssociation(context, snapshot).RunAsync(cancellationToken));
}
