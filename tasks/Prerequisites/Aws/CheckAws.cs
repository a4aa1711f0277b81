using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Prerequisites.Aws;

/// <summary>AWS can be worked on: the login, the clusters, what the stages after it need. Before any write.</summary>
/// <param name="check">Checks and reads AWS.</param>
[TaskName(nameof(CheckAws))]
[TaskDescription("Check, on AWS, the account, the EKS clusters and the length of the trust policies, before any write")]
[UsesFleet(Cloud = Clouds.Aws)]
public sealed class CheckAws(AwsPreflight check) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context) => context.OnAwsAsync(check, nameof(CheckAws), static (_, _) => Task.FromResult(StageResult.Done));
}
