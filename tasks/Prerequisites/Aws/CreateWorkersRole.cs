using Cake.Frosting;
using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Prerequisites.Aws;

/// <summary>Runbook: <c>eksctl create iamserviceaccount --name=default --role-only …</c>.</summary>
[TaskName(nameof(CreateWorkersRole))]
[TaskDescription("Create the IAM role of the worker Pods, with three roles")]
[IsDependentOn(typeof(CreateIamPolicy))]
[IsDependentOn(typeof(AssociateOidcProvider))]
[UsesFleet(Cloud = Clouds.Aws)]
public sealed class CreateWorkersRole : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context)
        => context.OnAwsAsync(nameof(CreateWorkersRole), static (context, snapshot, cancellationToken) => new RoleCreation(context, snapshot).RunAsync(FlyteRole.Workers(context.Run.Fleet.Aws!), cancellationToken));
}
