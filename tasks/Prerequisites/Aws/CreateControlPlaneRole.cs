using Cake.Frosting;
using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Prerequisites.Aws;

/// <summary>Runbook: <c>eksctl create iamserviceaccount --name=flyteadmin --role-only …</c>.</summary>
[TaskName(nameof(CreateControlPlaneRole))]
[TaskDescription("Create the IAM role of flyteadmin and datacatalog")]
[IsDependentOn(typeof(CreateIamPolicy))]
[IsDependentOn(typeof(AssociateOidcProvider))]
[UsesFleet(Cloud = Clouds.Aws)]
public sealed class CreateControlPlaneRole : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context)
        => context.OnAwsAsync(nameof(CreateControlPlaneRole), static (context, snapshot, cancellationToken) => new RoleCreation(context, snapshot).RunAsync(FlyteRole.ControlPlane(context.Run.Fleet.Aws!, context.Run.Namespace), cancellationToken));
}
