using System.Text.Json.Nodes;
using Cake.Frosting;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.HelmChart;
using Flyte.MultiCluster.Identities;
using Flyte.MultiCluster.Overlays;
using Flyte.MultiCluster.Prerequisites;
using Flyte.MultiCluster.Releases;
using Flyte.MultiCluster.Runs;
using Flyte.MultiCluster.Stages;
using Flyte.MultiCluster.ValuesOverrides;

namespace Flyte.MultiCluster.ControlPlanes;

/// <summary>Before the first write: would the control plane's upgrade lose values or workflows, or would its new pods not start?</summary>
[TaskName(nameof(CheckControlPlaneRelease))]
[TaskDescription("Check, before any write, that the control plane's upgrade loses no values and no workflows")]
[IsDependentOn(typeof(FetchChart))]
[Stage("Prerequisites", 130)]
[UsesFleet]
public sealed class CheckControlPlaneRelease : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context)
        => context.ForControlPlaneAsync(nameof(CheckControlPlaneRelease), async (control, cancellationToken) =>
        {
            if (context.Run.IsKustomize)
            {
                await new OverlayCheck(context).RefuseProblemsAsync();
                await new ControlPlaneOverlay(context, control).CheckAsync(cancellationToken);
                return StageResult.Done;
            }

            // Before anything else: a refusal is the run's here, and each data plane's later.
            var identities = await CloudIdentities.ForeseenAsync(context, cancellationToken);
            var live = await HelmReleases.FindAsync(control.Api, context.Run.Namespace, control.Wanted.Release, cancellationToken);
            var file = new OverrideFile(context, identities);
            var wanted = file.Wanted(file.Compose(live));
            if (live is null)
            {
                await new EnabledClusters(context, control).RefuseBlockedAsync(wanted, cancellationToken);
                return StageResult.Skipped($"release {control.Wanted.Release} is not installed yet");
            }

            await new UpgradeCheck(context, file).RefuseLossAsync(live, wanted, cancellationToken);
            if (live.ChartVersion != context.Run.Chart.Version || !JsonNode.DeepEquals(live.Config, wanted))
                await new EnabledClusters(context, control).RefuseBlockedAsync(wanted, cancellationToken);
            return StageResult.Done;
        });
}
