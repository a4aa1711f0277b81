using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Prerequisites.Aws;

/// <summary>Runbook: "Edit the Trust Policy", in the console; here for all roles and clusters.</summary>
[TaskName(nameof(UpdateTrustPolicies))]
[TaskDescription("Have the roles trust the service accounts of all clusters, and keep what is not the fleet's")]
[IsDependentOn(typeof(CreateControlPlaneRole))]
[IsDependentOn(typeof(CreateDataPlaneRole))]
[IsDependentOn(typeof(CreateWorkersRole))]
[UsesFleet(Cloud = Clouds.Aws)]
public sealed class UpdateTrustPolicies : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context)
        => context.OnAwsAsync(nameof(UpdateTrustPolicies), static (context, snapshot, cancellationToken) => new TrustUpdate(context, snapshot).RunAsync(cancellationToken));
}
