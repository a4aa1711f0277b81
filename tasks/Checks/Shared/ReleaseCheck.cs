using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using k8s.Models;

namespace Flyte.MultiCluster.Tasks.Checks.Shared;

/// <summary>Each plane's Helm release is there and deployed, neither failed nor stuck, and flyte-core has no second one.</summary>
internal sealed class ReleaseCheck()
    : ClusterCheck<CheckContext>(
        CheckNames.Release,
        "each plane's Helm release exists and is deployed, not pending or failed, and no other release is one of flyte-core",
        CheckTime.Both,
        CheckSeverity.Refuses,
        CheckNames.Reachable,
        CheckNames.Identity,
        CheckNames.Permissions
    )
{
    private const string Chart = "flyte-core";

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Finding>> FindAsync(CheckContext context, ClusterSnapshot cluster, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(cluster);
        var isKustomize = context.Run.Run.IsKustomize;
        if (isKustomize && !context.IsBeforeChange)
            return [Finding.Skipped("the fleet installs with kustomize")];
        if (cluster.Cluster is DataPlaneRun plane && context.Run.Run.Drain is { } drain)
            return [drain.IsRemoval ? await OfRemovedAsync(plane, cluster, cancellationToken) : Finding.Skipped("a drain leaves it alone")];
        var live = await cluster.ReleaseAsync();
        if (live is { IsPending: true } && !(context.IsBeforeChange && context.Run.Options.Recover))
            return [Finding.Failed(PendingRelease.Explain(live), PendingRelease.Remedy) with { Effect = CheckEffect.FailsCluster }];
        if (await OtherAsync(live, cluster, isKustomize, cancellationToken) is { } other)
            return [isKustomize ? Both(cluster, other) : Second(cluster, other)];
        return
        [
            live switch
            {
                _ when isKustomize => Finding.Ok("no Helm release of flyte-core"),
                null when context.Run.Run.Fleet.Flyte.IsGitOps => await OfGitAsync(cluster),
                null => Finding.Failed(
                    $"There is no Helm release {cluster.Release} in namespace {cluster.Namespace}.",
                    $"Run AddDataPlane; or write the name of the existing one ({cluster.Cluster.Helm($"list -n {cluster.Namespace}")}) "
                        + "as its release in the fleet."
                ),
                { Status: "deployed" } release => Finding.Ok($"{release.Name} revision {release.Revision} is deployed"),
                var release => Finding.Failed(
                    $"Helm release {release.Name} revision {release.Revision} is {release.Status}.",
                    $"{cluster.Cluster.Helm($"history {release.Name} -n {cluster.Namespace}")} says why; run AddDataPlane to continue from it."
                ),
            },
        ];
    }

    // Argo CD applies what it renders, and leaves no release.
    private static async Task<Finding> OfGitAsync(ClusterSnapshot cluster)
    {
        var own = (await cluster.DeploymentsAsync()).Count(deployment => GitDifference.IsOwn(deployment.As<V1Deployment>(), cluster.Release));
        return own > 0
            ? Finding.Ok($"{own} Deployments of {cluster.Release}, applied without a Helm release")
            : Finding.Failed(
                $"There is neither a Helm release {cluster.Release} nor a Deployment of it in namespace {cluster.Namespace}.",
                GitDifference.Remedy
            );
    }

    // An uninstallation that was interrupted is finished.
    private static async Task<Finding> OfRemovedAsync(DataPlaneRun plane, ClusterSnapshot cluster, CancellationToken cancellationToken) =>
        await HelmReleases.FindAsync(plane.Api, cluster.Namespace, cluster.Release, cancellationToken) is { IsPending: true } live
        && live.Status != HelmRelease.Uninstalling
            ? Finding.Failed(PendingRelease.Explain(live), PendingRelease.Remedy) with
            {
                Effect = CheckEffect.FailsCluster,
            }
            : Finding.Ok("it can be uninstalled");

    private static Finding Both(ClusterSnapshot cluster, string other) =>
        Finding.Refused(
            $"Helm release '{other}' in namespace {cluster.Namespace} is one of flyte-core, and the fleet installs with kustomize: "
                + "both would write the same objects.",
            "Write flyte.install: helm; or hand the objects over to kustomize and remove the release's Secrets first."
        );

    private static Finding Second(ClusterSnapshot cluster, string other) =>
        Finding.Refused(
            $"There is no Helm release '{cluster.Release}' in namespace {cluster.Namespace}, but '{other}' is one of flyte-core: "
                + "a second one would take its objects over.",
            $"Write {(cluster.Cluster is ControlPlaneRun ? "controlPlane.release" : "dataPlanes[].release")}: {other} in the fleet."
        );

    private static async Task<string?> OtherAsync(HelmRelease? live, ClusterSnapshot cluster, bool isKustomize, CancellationToken cancellationToken)
    {
        if (live is not null)
            return isKustomize && live.ChartName == Chart ? live.Name : null;
        if (await cluster.NamespaceAsync() is null)
            return null;
        var api = cluster.Cluster.Api;
        foreach (var revision in await HelmReleases.NewestAsync(api, cluster.Namespace, cancellationToken))
        {
            if (await HelmReleases.ReadAsync(api, cluster.Namespace, revision, cancellationToken) is { ChartName: Chart } other)
                return other.Name;
        }

        return null;
    }
}
