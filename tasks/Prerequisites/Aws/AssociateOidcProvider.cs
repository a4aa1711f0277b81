using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;
using Flyte.MultiCluster.Common.Tools.Eksctl;

namespace Flyte.MultiCluster.Tasks.Prerequisites.Aws;

/// <summary>Runbook: <c>eksctl utils associate-iam-oidc-provider --cluster … --approve</c>.</summary>
/// <param name="check">Checks and reads AWS.</param>
/// <param name="aws">The aws commands.</param>
/// <param name="eksctl">The eksctl commands.</param>
[TaskName(nameof(AssociateOidcProvider))]
[TaskDescription("Associate an IAM OIDC provider with every EKS cluster that has none")]
[IsDependentOn(typeof(CheckAws))]
[UsesFleet(Cloud = Clouds.Aws)]
public sealed class AssociateOidcProvider(AwsPreflight check, AwsTools aws, EksctlRunner eksctl) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context) =>
        context.OnAwsAsync(
            check,
            nameof(AssociateOidcProvider),
            (snapshot, cancellationToken) => new ProviderAssociation(context, snapshot, aws, eksctl).RunAsync(cancellationToken)
        );
}
