using Cake.Frosting;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Pyflyte;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.Prerequisites;

namespace Flyte.MultiCluster.Tasks.SmokeRuns;

/// <summary>Runbook: <c>pyflyte run --remote …</c>, then a look at where it ran; here an execution for every label, and the look is a check.</summary>
/// <param name="values">Reads YAML as Helm does.</param>
/// <param name="overlays">The rendered overlays.</param>
/// <param name="pyflyte">Runs pyflyte.</param>
/// <param name="preflight">Runs the checks of FlyteAdmin.</param>
[TaskName(nameof(SmokeRun))]
[TaskDescription("Start an execution for every label and check where it runs")]
[IsDependentOn(typeof(CheckFlyteAdmin))]
[UsesFleet]
public sealed class SmokeRun(IHelmValues values, RenderedOverlays overlays, PyflyteRunRunner pyflyte, FlyteAdminPreflight preflight)
    : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context) =>
        context.ForControlPlaneAsync(
            nameof(SmokeRun),
            (_, cancellationToken) => new SmokeStage(context, values, overlays, pyflyte, preflight).RunAsync(cancellationToken)
        );
}
