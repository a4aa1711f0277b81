using System.Text.Json.Nodes;
using Cake.Frosting;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.DataPlanes;

/// <summary>Runbook: <c>helm install flyte-core-data …</c> in each data plane, then its Deployments become Available.</summary>
[TaskName(nameof(InstallDataPlane))]
[TaskDescription("Install or upgrade the chart, or the overlay, in every data plane and wait for its Deployments")]
[IsDependentOn(typeof(WriteDataPlaneValues))]
[UsesFleet(Alone = AloneChecks.Tools)]
public sealed class InstallDataPlane : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context)
        => context.ForEachDataPlaneAsync(nameof(InstallDataPlane), (plane, cancellationToken) =>
            context.Run.IsKustomize ? new DataPlaneOverlay(context, plane).InstallAsync(cancellationToken) : InstallAsync(context, plane, cancellationToken));

    private static async Task<StageResult> InstallAsync(FlyteContext context, DataPlaneRun plane, CancellationToken cancellationToken)
    {
        var release = plane.Spec.Release;
        var installer = new ReleaseInstaller(context, plane, release);
        var found = installer.SettledAsync(cancellationToken);
        if (!await FlyteNamespace.EnsureAsync(context, plane, cancellationToken))
            plane.IsKnownAfterApply = true;
        var files = await DataPlaneValues.FilesAsync(context, plane, cancellationToken);
        var warned = PropellerWarnings.NoteAsync(context, plane, PropellerSettings.Of(Merged(context, files)), cancellationToken);
        var live = plane.IsKnownAfterApply ? null : await found;
        var difference = await installer.DifferenceAsync(live, files, cancellationToken);
        if (difference is not null && live is not null && await DataPlaneValues.ProblemsAsync(context, plane, cancellationToken) is { Count: > 0 } problems)
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
        var deployments = await ClusterRollout.Of(context, plane, release)
            .UntilAvailableAsync(context.Options.Timeout, cancellationToken);
        if (difference is not null)
            context.Report(plane.Name, $"available: {string.Join(", ", deployments)}");
        return difference is null ? StageResult.Skipped($"release {release} has this chart, these values and this manifest (revision {live!.Revision})") : StageResult.Done;
    }

    private static JsonObject Merged(FlyteContext context, IReadOnlyList<string> files)
        => context.Values.Merge(context.Run.Chart.Defaults, context.Values.Merge(files.Select(file => context.Values.Parse(File.ReadAllText(file), file))));
}
