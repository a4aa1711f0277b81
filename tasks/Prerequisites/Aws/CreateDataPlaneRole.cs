using Cake.Frosting;
using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Prerequisites.Aws;

/// <summary>Runbook: <c>eksctl create iamserviceaccount --name=flytepropeller --role-only …</c>.</summary>
[TaskName(nameof(CreateDataPlaneRole))]
[TaskDescription("Create the IAM role of flytepropeller")]
[IsDependentOn(typeof(CreateIamPolicy))]
[IsDependentOn(typeof(AssociateOidcProvider))]
[UsesFleet(Cloud = Clouds.Aws)]
public sealed class CreateDataPlaneRole : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context)
        => context.OnAwsAsync(nameof(CreateDataPlaneRole), static (context, snapshot, cancellationToken) => new RoleCreation(context, snapshot).RunAsync(FlyteRole.DataPlane(context.Run.Fleet.Aws!, context.Run.Namespace), cancellationToken));
}
