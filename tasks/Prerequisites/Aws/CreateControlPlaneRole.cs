using Cake.Frosting;
using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;
using Flyte.MultiCluster.Common.Tools.Eksctl;

namespace Flyte.MultiCluster.Tasks.Prerequisites.Aws;

/// <summary>Runbook: <c>eksctl create iamserviceaccount --name=flyteadmin --role-only …</c>.</summary>
/// <param name="check">Checks and reads AWS.</param>
/// <param name="aws">The aws commands.</param>
/// <param name="eksctl">The eksctl commands.</param>
[TaskName(nameof(CreateControlPlaneRole))]
[TaskDescription("Create the IAM role of flyteadmin and datacatalog")]
[IsDependentOn(typeof(CreateIamPolicy))]
[IsDependentOn(typeof(AssociateOidcProvider))]
[UsesFleet(Cloud = Clouds.Aws)]
public sealed class CreateControlPlaneRole(AwsPreflight check, AwsTools aws, EksctlRunner eksctl) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context) =>
        context.OnAwsAsync(
            check,
            nameof(CreateControlPlaneRole),
            (snapshot, cancellationToken) =>
                new RoleCreation(context, snapshot, aws, eksctl).RunAsync(
                    FlyteRole.ControlPlane(context.Run.Fleet.Aws!, context.Run.Namespace),
                    cancellationToken
                )
        );
}
