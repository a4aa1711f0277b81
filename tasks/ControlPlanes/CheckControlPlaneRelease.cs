using System.Text.Json.Nodes;
using Cake.Frosting;
using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.DataPlanes;
using Flyte.MultiCluster.Tasks.Prerequisites.Chart;
using Flyte.MultiCluster.Tasks.ValuesOverrides;

namespace Flyte.MultiCluster.Tasks.ControlPlanes;

/// <summary>
/// Before the first write: would the control plane's upgrade lose values or workflows, would its new pods not start, would an upgrade of
/// either plane end executions, would helm refuse one?
/// </summary>
/// <param name="values">Reads and merges values as Helm does.</param>
/// <param name="installers">Makes the installers of releases.</param>
/// <param name="manifests">The rendered manifests.</param>
/// <param name="overlays">The rendered overlays.</param>
/// <param name="identities">Reads the cloud identities of Flyte's service accounts.</param>
/// <param name="dataPlaneValues">The data planes' values.</param>
/// <param name="dataPlaneOverlay">The data planes' overlays.</param>
[TaskName(nameof(CheckControlPlaneRelease))]
[TaskDescription("Check, before any write, that the upgrades lose no values and no workflows, and end no executions")]
[IsDependentOn(typeof(FetchChart))]
[IsDependeeOf(typeof(WriteDataPlaneValues))]
[UsesFleet(Alone = AloneChecks.Contexts)]
public sealed class CheckControlPlaneRelease(
    IHelmValues values,
    ReleaseInstallers installers,
    RenderedManifests manifests,
    RenderedOverlays overlays,
    CloudIdentityReader identities,
    DataPlaneValues dataPlaneValues,
    DataPlaneOverlay dataPlaneOverlay
) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Run.Fleet.Flyte.IsGitOps)
        {
            await context.OnceAsync(nameof(CheckControlPlaneRelease), static _ => Task.FromResult(StageResult.Skipped("Git manages the releases")));
            return;
        }

        var problems = context.Run.NewProblemList();
        var conflicts = new ConflictCheck(context, values, installers, manifests, identities);
        var control = ControlPlaneAsync(context, conflicts, problems);

        // An overlay that does not render is the control plane's to refuse, once.
        if (context.Run.IsKustomize)
            await control;
        if (problems.IsEmpty)
        {
            await Task.WhenAll(
                control,
                context.ForEachDataPlaneAsync(
                    nameof(CheckControlPlaneRelease),
                    async (plane, cancellationToken) =>
                    {
                        IReadOnlyList<Problem> found = context.Run.IsKustomize
                            ? await dataPlaneOverlay.ProblemsAsync(context.Run, plane, cancellationToken)
                            : await dataPlaneValues.ProblemsAsync(context, plane, cancellationToken);
                        problems.AddRange(found);
                        if (!context.Run.IsKustomize && ChartUpgrade.Refused(context.Run, plane, plane.Planned.Found.Release, context.Options) is { } older)
                            problems.Add(older);
                        if (!context.Run.IsKustomize)
                            await conflicts.DataPlaneAsync(plane, cancellationToken);
                        return StageResult.Done;
                    }
                )
            );
        }

        problems.AddRange(conflicts.Problems);
        problems.Refuse();
    }

    private async Task ControlPlaneAsync(FlyteContext context, ConflictCheck conflicts, ProblemList problems)
    {
        try
        {
            await context.ForControlPlaneAsync(
                nameof(CheckControlPlaneRelease),
                (control, cancellationToken) => LookAsync(context, control, conflicts, cancellationToken)
            );
        }
        catch (RefusedException refused)
        {
            problems.AddRange(refused.Problems);
        }
    }

    private async Task<StageResult> LookAsync(FlyteContext context, ControlPlaneRun control, ConflictCheck conflicts, CancellationToken cancellationToken)
    {
        var enabled = DrainedDataPlanes.RefuseEnabledAsync(context, cancellationToken);
        if (context.Run.IsKustomize)
        {
            await enabled;
            await new OverlayCheck(context.Run, values, overlays).RefuseProblemsAsync();
            await new ControlPlaneOverlay(context, values, overlays, identities).CheckAsync(cancellationToken);
            return StageResult.Done;
        }

        // Before anything else: a refusal is the run's here, and each data plane's later.
        var foreseen = identities.ForeseenAsync(context.Run, cancellationToken);
        await Task.WhenAll(enabled, foreseen);
        var live = await HelmReleases.FindAsync(control.Api, context.Run.Namespace, control.Spec.Release, cancellationToken);
        if (ChartUpgrade.Refused(context.Run, control, live, context.Options) is { } refused)
            throw new RefusedException([refused]);
        var file = new OverrideFile(context, await foreseen, values);
        var composed = file.Compose(live);
        var wanted = file.Planned(composed);
        var looked = conflicts.ControlPlaneAsync(control, live, file.BaseFiles, composed.Values, cancellationToken);
        try
        {
            if (live is null)
            {
                await new EnabledClusterConfigs(context, values).RefuseBlockedAsync(wanted, cancellationToken);
                return StageResult.Skipped($"release {control.Spec.Release} is not installed yet");
            }

            await new UpgradeCheck(context, values, file).RefuseLossAsync(live, wanted, cancellationToken, composed);
            if (live.ChartVersion != context.Run.Chart.Version || !JsonNode.DeepEquals(live.Config, wanted))
                await new EnabledClusterConfigs(context, values).RefuseBlockedAsync(wanted, cancellationToken);
            return StageResult.Done;
        }
        finally
        {
            await looked;
        }
    }
}
