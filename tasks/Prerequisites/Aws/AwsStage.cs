using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Prerequisites.Aws;

/// <summary>Runs a stage on AWS.</summary>
public static class AwsStage
{
    /// <summary>The name that changes of the account are reported under; it is no cluster's.</summary>
    public const string Place = "aws";

    /// <summary>Runs a stage where the fleet is on AWS; reads AWS first where no stage has.</summary>
    /// <param name="context">The run.</param>
    /// <param name="check">Checks and reads AWS.</param>
    /// <param name="stage">The task's name.</param>
    /// <param name="work">The stage's work.</param>
    internal static Task OnAwsAsync(this FlyteContext context, AwsPreflight check, string stage, Func<AwsSnapshot, CancellationToken, Task<StageResult>> work)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(work);
        ArgumentNullException.ThrowIfNull(check);
        return context.OnceAsync(
            stage,
            async cancellationToken =>
                context.Run.Fleet.Aws is null
                    ? StageResult.Skipped(AwsCheck.NoAws)
                    : await work(await check.EnsureAsync(context, cancellationToken), cancellationToken)
        );
    }
}
