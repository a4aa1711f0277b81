using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Helm;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tasks.DataPlanes;

/// <summary>Brings a data plane's release, or what its overlay applies, to what the fleet wants.</summary>
/// <param name="installers">Makes the installers of releases.</param>
/// <param name="overlay">Installs overlays.</param>
/// <param name="rollout">Waits for Deployments.</param>
/// <param name="dataPlaneValues">The data planes' values.</param>
/// <param name="git">Compares with what Git has to bring, where it manages releases.</param>
/// <param name="values">Reads and merges values as Helm does.</param>
public sealed class DataPlaneInstallation(
    ReleaseInstallers installers,
    DataPlaneOverlay overlay,
    ClusterRollout rollout,
    DataPlaneValues dataPlaneValues,
    GitDifference git,
    IHelmValues values
)
{
    /// <summary>Installs or upgrades where there is a difference, and waits for the Deployments.</summary>
    /// <param name="context">The run.</param>
    /// <param name="plane">The data plane.</param>
    /// <param name="cancellationToken">Cancels helm and the wait.</param>
    /// <exception cref="HelmException">helm failed.</exception>
    /// <exception cref="RefusedException">It would end executions, or lose something; or helm would refuse.</exception>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    /// <exception cref="InvalidOperationException">A Deployment does not become Available.</exception>
    public Task<StageResult> RunAsync(FlyteContext context, DataPlaneRun plane, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(plane);
        return context.Run.IsKustomize ? overlay.InstallAsync(context.Run, plane, cancellationToken)
            : context.Run.Fleet.Flyte.IsGitOps ? CompareAsync(context, plane, cancellationToken)
            : InstallAsync(context, plane, cancellationToken);
    }

    /// <summary>Whether a data plane's release is as the fleet wants it, as far as the release itself says.</summary>
    /// <param name="context">The run.</param>
    /// <param name="plane">The data plane.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    /// <exception cref="FormatException">A values file is not valid.</exception>
    public async Task<bool> IsUpToDateAsync(FlyteContext context, DataPlaneRun plane, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(plane);
        var live = await HelmReleases.FindAsync(plane.Api, context.Run.Namespace, plane.Release, cancellationToken);
        var wanted = values.MergeFiles(await dataPlaneValues.FilesAsync(context, plane, cancellationToken));
        return installers.Of(context.Run, plane, plane.Release).Difference(live, wanted) is null;
    }

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

    private async Task<StageResult> CompareAsync(FlyteContext context, DataPlaneRun plane, CancellationToken cancellationToken)
    {
        if (await plane.Api.GetAsync(KubernetesPaths.Deployment(context.Run.Namespace, "flytepropeller"), cancellationToken) is null)
        {
            var why = $"Flyte is not installed there yet. {GitDifference.Remedy}";
            context.Journal.Add($"{plane.Name} is left out: {why}");
            plane.LeaveOut(why);
            return StageResult.Skipped(why);
        }

        var files = await dataPlaneValues.FilesAsync(context, plane, cancellationToken);
        var phrases = await git.OfAsync(context.Run, plane, files, cancellationToken);
        if (phrases.Count == 0)
            return StageResult.Skipped("it is as the fleet wants it; Git manages the release");
        context.Journal.Add(GitDifference.Note(plane, phrases));
        return StageResult.Skipped("Git manages the release");
    }

    private JsonObject Merged(FleetRun run, IReadOnlyList<string> files) => values.Merge(run.Chart.Defaults, values.MergeFiles(files));
}
