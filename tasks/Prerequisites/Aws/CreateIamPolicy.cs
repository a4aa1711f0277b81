using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Prerequisites.Aws;

/// <summary>Runbook: "An IAM Policy that defines the permissions needed for Flyte".</summary>
[TaskName(nameof(CreateIamPolicy))]
[TaskDescription("Create the IAM policy for the fleet's buckets, or a new version of it")]
[IsDependentOn(typeof(CheckAws))]
[UsesFleet(Cloud = Clouds.Aws)]
public sealed class CreateIamPolicy : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context)
        => context.OnAwsAsync(nameof(CreateIamPolicy), static (context, snapshot, cancellationToken) => new PolicyUpdate(context, snapshot).RunAsync(cancellationToken));
}
