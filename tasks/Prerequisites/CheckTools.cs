using Cake.Frosting;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Stages;

namespace Flyte.MultiCluster.Prerequisites;

/// <summary>helm and kubectl are there and new enough.</summary>
[TaskName(nameof(CheckTools))]
[TaskDescription("Check that helm and kubectl are there and new enough")]
[Stage("Prerequisites", 110)]
[UsesFleet]
public sealed class CheckTools : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var check = await ToolCheck.RunAsync(context, context.Cancellation);
        check.RefuseProblems();
        context.HelmMajor = check.Helm!.Major;
        context.Tell("tools", $"helm {check.Helm}, kubectl {check.Kubectl}");
    }
}
