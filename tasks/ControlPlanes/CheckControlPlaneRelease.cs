using System.Text.Json.Nodes;
using Cake.Frosting;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.HelmChart;
using Flyte.MultiCluster.Identities;
using Flyte.MultiCluster.Overlays;
using Flyte.MultiCluster.Prerequisites;
using Flyte.MultiCluster.Problems;
using Flyte.MultiCluster.Releases;
using Flyte.MultiCluster.Runs;
using Flyte.MultiCluster.Stages;
using Flyte.MultiCluster.ValuesOverrides;

namespace Flyte.MultiCluster.ControlPlanes;

/// <summary>Before the first write: would the control plane's upgrade lose values or workflows, would its new pods not start, would helm refuse?</summary>
[TaskName(nameof(CheckControlPlaneRelease))]
[TaskDescription("Check, before any write, that the control plane's upgrade loses no values and no workflows")]
[IsDependentOn(typeof(FetchChart))]
[Stage("Prerequisites", 130)]
[UsesFleet]
public sealed class CheckControlPlaneRelease : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var conflicts = new ConflictCheck(context);
        IReadOnlyList<Problem> problems = [];
        try
        {
            await context.ForControlPlaneAsync(nameof(CheckControlPlaneRelease), (control, cancellationToken) => CheckAsync(context, control, conflicts, cancellationToken));
        }
        catch (RefusedException refused)
        {
            problems = refused.Problems;
        }

        if (!context.Run.IsKustomize)
            await context.ForEachDataPlaneAsync(nameof(CheckControlPlaneRelease), conflicts.DataPlaneAsync);
        if (problems.Count + conflicts.Problems.Count > 0)
            throw new RefusedException([.. problems, .. conflicts.Problems]);
    }

    private static async Task<StageResult> CheckAsync(FlyteContext context, ControlPlaneRun control, ConflictCheck conflicts, CancellationToken cancellationToken)
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
        var composed = file.Compose(live);
        await conflicts.ControlPlaneAsync(control, file.BaseFiles, composed.Values, cancellationToken);
        if (live is null)
            return StageResult.Skipped($"release {control.Wanted.Release} is not installed yet");
        var wanted = file.Wanted(composed);
        await new UpgradeCheck(context, file).RefuseLossAsync(live, wanted, cancellationToken);
        if (!JsonNode.DeepEquals(live.Config, wanted))
            await new EnabledClusters(context, control).RefuseBlockedAsync(wanted, cancellationToken);
        return StageResult.Done;
    }
}
