using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Helm;
using Flyte.MultiCluster.Common.Tools.Kubectl;

namespace Flyte.MultiCluster.Tasks.Prerequisites;

/// <summary>helm and kubectl are there and new enough.</summary>
/// <param name="helm">The helm commands.</param>
/// <param name="kubectl">The kubectl commands.</param>
[TaskName(nameof(CheckTools))]
[TaskDescription("Check that helm and kubectl are there and new enough")]
[UsesFleet]
public sealed class CheckTools(HelmTools helm, KubectlTools kubectl) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.OnceAsync(nameof(CheckTools), async cancellationToken =>
        {
            var check = await ToolCheck.RunAsync(context.Run.IsKustomize ? null : helm, kubectl, cancellationToken);
            check.RefuseProblems();
            context.Report("tools", check.Versions);
            return StageResult.Done;
        });
    }
}
