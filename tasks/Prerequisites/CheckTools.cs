using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Prerequisites;

/// <summary>helm and kubectl are there and new enough.</summary>
[TaskName(nameof(CheckTools))]
[TaskDescription("Check that helm and kubectl are there and new enough")]
[UsesFleet]
public sealed class CheckTools : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.OnceAsync(nameof(CheckTools), async cancellationToken =>
        {
            var check = await ToolCheck.RunAsync(context, cancellationToken);
            check.RefuseProblems();
            if (check.Helm is { } helm)
                context.HelmMajor = helm.Major;
            context.Report("tools", check.Versions);
            return StageResult.Done;
        });
    }
}
