using System.Text.Json.Nodes;
using Cake.Frosting;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tasks.DataPlanes;

/// <summary>Runbook: <c>helm install flyte-core-data …</c> in each data plane, then its Deployments become Available.</summary>
/// <param name="installers">Makes the installers of releases.</param>
/// <param name="overlay">Installs overlays.</param>
/// <param name="rollout">Waits for Deployments.</param>
/// <param name="dataPlaneValues">The data planes' values.</param>
/// <param name="values">Reads and merges values as Helm does.</param>
[TaskName(nameof(InstallDataPlane))]
[TaskDescription("Install or upgrade the chart, or the overlay, in every data plane and wait for its Deployments")]
[IsDependentOn(typeof(WriteDataPlaneValues))]
[UsesFleet(Alone = AloneChecks.Tools)]
public sealed class InstallDataPlane(
    ReleaseInstallers installers,
    DataPlaneOverlay overlay,
    ClusterRollout rollout,
    DataPlaneValues dataPlaneValues,
    IHelmValues values
) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context) =>
        context.ForEachDataPlaneAsync(
            nameof(InstallDataPlane),
            (plane, cancellationToken) =>
                context.Run.IsKustomize ? overlay.InstallAsync(context.Run, plane, cancellationToken) : InstallAsync(context, plane, cancellationToken)
        );

    private async Task<StageResult> InstallAsync(FlyteContext context, DataPlaneRun plane, CancellationToken cancellationToken)
    {
        var release = plane.Spec.Release;
        var installer = installers.Of(context.Run, plane, release);
        var found = installer.SettledAsync(cancellationToken);
        if (!await FlyteNamespace.EnsureAsync(context.Run, plane, context.Gate, cancellationToken))
            plane.IsKnownAfterApply = true;
        var files = await dataPlaneValues.FilesAsync(context, plane, cancellationToken);
        var warned = PropellerWarnings.NoteAsync(context.Run, plane, PropellerSettings.Of(Merged(context.Run, files)), context.Journal, cancellationToken);
        var live = plane.IsKnownAfterApply ? null : await found;
        var difference = await installer.DifferenceAsync(live, files, cancellationToken);
        if (difference is not null && live is not null && await dataPlaneValues.ProblemsAsync(context, plane, cancellationToken) is { Count: > 0 } problems)
            throw new RefusedException(problems);
        await warned;
        var left = difference;
        for (var round = 1; left is not null && !await installer.TryUpgradeAsync(live, left, files, round, cancellationToken); round++)
        {
            live = await installer.SettledAsync(cancellationToken);
            left = await installer.DifferenceAsync(live, files, cancellationToken);
        }

        if (difference is not null && !context.Gate.IsOpen)
            return StageResult.Done;
        var deployments = await rollout.Of(context.Run, plane, release).UntilAvailableAsync(context.Options.Timeout, cancellationToken);
        if (difference is not null)
            context.Report(plane.Name, $"available: {string.Join(", ", deployments)}");
        return difference is null ? StageResult.Skipped($"release {release} is up to date (revision {live!.Revision})") : StageResult.Done;
    }

    private JsonObject Merged(FleetRun run, IReadOnlyList<string> files) =>
        values.Merge(run.Chart.Defaults, values.Merge(files.Select(file => values.Parse(File.ReadAllText(file), file))));
}
