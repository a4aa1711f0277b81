using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;
using Flyte.MultiCluster.Tasks.Prerequisites.Aws;

namespace Flyte.MultiCluster.Tasks.Removal;

/// <summary>Flyte's roles no longer trust the removed clusters.</summary>
/// <param name="check">Checks and reads AWS.</param>
/// <param name="aws">The aws commands.</param>
[TaskName(nameof(RemoveTrustStatements))]
[TaskDescription("On AWS: remove the clusters' statements from the trust policies of Flyte's roles; all others stay")]
[IsDependentOn(typeof(DeleteClusterCredentials))]
[UsesFleet(Drains = true, Removes = true, Alone = AloneChecks.Contexts, Cloud = Clouds.Aws)]
public sealed class RemoveTrustStatements(AwsPreflight check, AwsTools aws) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Run.Fleet.Gcp is not null)
            context.Journal.Add(
                "The members of the workload identity pool are kept: all clusters of the project share it, so the control plane and the other data planes "
                    + "need them."
            );
        return context.OnAwsAsync(
            check,
            nameof(RemoveTrustStatements),
            (snapshot, cancellationToken) => new TrustUpdate(context, snapshot, aws) { IsRemoval = true }.RunAsync(cancellationToken)
        );
    }
}
