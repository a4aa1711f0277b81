using Cake.Frosting;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Prerequisites;
using Flyte.MultiCluster.Runs;
using Flyte.MultiCluster.Stages;

namespace Flyte.MultiCluster.SmokeRuns;

/// <summary>Runbook: <c>pyflyte run --remote …</c>, then a look at where it ran; here an execution for every label, and the look is a check.</summary>
[TaskName(nameof(SmokeRun))]
[TaskDescription("Start an execution for every label and check where it runs")]
[IsDependentOn(typeof(CheckFlyteAdmin))]
[Stage("Smoke run", 760)]
[UsesFleet]
public sealed class SmokeRun : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context)
        => context.ForControlPlaneAsync(nameof(SmokeRun), (_, cancellationToken) => SmokeStage.RunAsync(context, cancellationToken));
}
