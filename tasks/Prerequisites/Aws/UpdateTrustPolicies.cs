using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;

namespace Flyte.MultiCluster.Tasks.Prerequisites.Aws;

/// <summary>Runbook: "Edit the Trust Policy", in the console; here for all roles and clusters.</summary>
/// <param name="check">Checks and reads AWS.</param>
/// <param name="aws">The aws commands.</param>
[TaskName(nameof(UpdateTrustPolicies))]
[TaskDescription("Make the roles trust the service accounts of all clusters, and keep all other statements")]
[IsDependentOn(typeof(CreateControlPlaneRole))]
[IsDependentOn(typeof(CreateDataPlaneRole))]
[IsDependentOn(typeof(CreateWorkersRole))]
[UsesFleet(Cloud = Clouds.Aws)]
public sealed class UpdateTrustPolicies(AwsPreflight check, AwsTools aws) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context) =>
        context.OnAwsAsync(
            check,
            nameof(UpdateTrustPolicies),
            (snapshot, cancellationToken) => new TrustUpdate(context, snapshot, aws).RunAsync(cancellationToken)
        );
}
