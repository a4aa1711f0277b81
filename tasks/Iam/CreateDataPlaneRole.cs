using Cake.Frosting;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Prerequisites;
using Flyte.MultiCluster.Stages;

namespace Flyte.MultiCluster.Iam;

/// <summary>Runbook: <c>eksctl create iamserviceaccount --name=flytepropeller --role-only …</c>.</summary>
[TaskName(nameof(CreateDataPlaneRole))]
[TaskDescription("Create the IAM role of flytepropeller")]
[IsDependentOn(typeof(CreateIamPolicy))]
[IsDependentOn(typeof(AssociateOidcProvider))]
[Stage("Prerequisites", 170)]
[UsesFleet(Cloud = Clouds.Aws)]
public sealed class CreateDataPlaneRole : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context)
        => context.OnAwsAsync(nameof(CreateDataPlaneRole), static (context, snapshot, cancellationToken) => new RoleCreation(context, snapshot).RunAsync(FlyteRole.DataPlane(context.Run.Fleet.Aws!, context.Run.Namespace), cancellationToken));
}
