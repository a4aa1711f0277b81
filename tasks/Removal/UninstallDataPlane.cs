using Cake.Frosting;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Helm;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.Drain;

namespace Flyte.MultiCluster.Tasks.Removal;

/// <summary>Runbook's <c>helm install</c> of the data plane, undone; with kustomize, what was applied is deleted.</summary>
/// <param name="helm">The helm commands.</param>
/// <param name="values">Compares as Helm does.</param>
[TaskName(nameof(UninstallDataPlane))]
[TaskDescription("Uninstall the data planes' releases, or delete what their overlays applied; never while FlyteWorkflows exist there")]
[IsDependentOn(typeof(DeleteDataPlaneTokens))]
[UsesFleet(Drains = true, Removes = true, Alone = AloneChecks.Tools | AloneChecks.Contexts)]
public sealed class UninstallDataPlane(HelmTools helm, IHelmValues values) : AsyncFrostingTask<FlyteContext>
{
    private static readonly TimeSpan OtherHelm = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        await ConfiguredClusters.ReadWithoutAsync(context, values, mayBeDisabled: false, context.Cancellation);
        await context.ForEachDataPlaneAsync(
            nameof(UninstallDataPlane),
            async (plane, cancellationToken) =>
            {
                if (!context.Options.AcceptCrdDeletion && await RemovalCheck.WorkflowsAsync(plane, cancellationToken) is > 0 and var count)
                    throw new RefusedException([RemovalCheck.WorkflowsLeft(plane, count)]);
                return context.Run.IsKustomize
                    ? await DeleteOverlayAsync(context, plane, cancellationToken)
                    : await UninstallAsync(context, plane, cancellationToken);
            }
        );
    }

    private async Task<StageResult> DeleteOverlayAsync(FlyteContext context, DataPlaneRun plane, CancellationToken cancellationToken) =>
        await new OverlayApply(context.Run, plane, context.Gate, context.Journal, values, context.Options.Timeout).DeleteAsync(cancellationToken)
            ? StageResult.Done
            : StageResult.Skipped("nothing that was applied is left");

    private async Task<StageResult> UninstallAsync(FlyteContext context, DataPlaneRun plane, CancellationToken cancellationToken)
    {
        await UntilOtherHelmEndsAsync(context, plane, cancellationToken);
        var newest = await HelmReleases.NewestAsync(plane.Api, context.Run.Namespace, cancellationToken);
        if (newest.FirstOrDefault(revision => revision.Release == plane.Release) is not { } revision)
        {
            string[] others = [.. newest.Select(other => other.Release)];
            return StageResult.Skipped($"there is no release {plane.Release}{(others.Length == 0 ? string.Empty : $", but {string.Join(", ", others)}")}");
        }

        var settings = new HelmUninstallSettings
        {
            Release = plane.Release,
            Namespace = context.Run.Namespace,
            KubeContext = plane.Context,
            Kubeconfig = context.Run.Kubeconfig,
            Timeout = context.Options.Timeout,
        };
        await context.Gate.PassAsync(
            new Change(plane.Name, "HelmRelease", context.Run.Namespace, plane.Release, ChangeAction.Delete, $"uninstall revision {revision.Revision}"),
            (permit, token) => helm.Uninstall.UninstallAsync(permit, settings, token),
            cancellationToken
        );
        return StageResult.Done;
    }

    // helm outlives a killed run; one that was killed with it has left the release as it is.
    private static async Task UntilOtherHelmEndsAsync(FlyteContext context, DataPlaneRun plane, CancellationToken cancellationToken)
    {
        for (var until = plane.Api.Time.GetUtcNow() + OtherHelm; plane.Api.Time.GetUtcNow() < until; await Task.Delay(Pause, plane.Api.Time, cancellationToken))
        {
            var newest = await HelmReleases.NewestAsync(plane.Api, context.Run.Namespace, cancellationToken);
            if (!newest.Any(revision => revision.Release == plane.Release && revision.Status == HelmRelease.Uninstalling))
                return;
        }
    }
}
