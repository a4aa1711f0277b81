using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Prerequisites;

namespace Flyte.MultiCluster.Tasks.SmokeRuns;

/// <summary>Runbook: <c>pyflyte run --remote …</c>, then a look at where it ran; here an execution for every label, and the look is a check.</summary>
[TaskName(nameof(SmokeRun))]
[TaskDescription("Start an execution for every label and check where it runs")]
[IsDependentOn(typeof(CheckFlyteAdmin))]
[UsesFleet]
public sealed class SmokeRun : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context)
        => context.ForControlPlaneAsync(nameof(SmokeRun), (_, cancellationToken) => SmokeStage.RunAsync(context, cancellationToken));
}
