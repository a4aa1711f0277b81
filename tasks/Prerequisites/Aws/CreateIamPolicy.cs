using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;

namespace Flyte.MultiCluster.Tasks.Prerequisites.Aws;

/// <summary>Runbook: "An IAM Policy that defines the permissions needed for Flyte".</summary>
/// <param name="check">Checks and reads AWS.</param>
/// <param name="aws">The aws commands.</param>
[TaskName(nameof(CreateIamPolicy))]
[TaskDescription("Create the IAM policy for the fleet's buckets, or a new version of it")]
[IsDependentOn(typeof(CheckAws))]
[UsesFleet(Cloud = Clouds.Aws)]
public sealed class CreateIamPolicy(AwsPreflight check, AwsTools aws) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context) =>
        context.OnAwsAsync(
            check,
            nameof(CreateIamPolicy),
            (snapshot, cancellationToken) => new PolicyUpdate(context, snapshot, aws).RunAsync(cancellationToken)
        );
}
