using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Checks;

namespace Flyte.MultiCluster.Tasks.Prerequisites;

/// <summary>The context of each cluster may do what the stages and Helm do there.</summary>
internal sealed class PermissionsCheck()
    : ClusterCheck<CheckContext>(
        CheckNames.Permissions,
        "each cluster's context has the permissions that the stages and Helm need there",
        CheckTime.BeforeChange,
        CheckSeverity.Refuses,
        CheckNames.Reachable
    )
{
    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Finding>> FindAsync(CheckContext context, ClusterSnapshot cluster, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(cluster);
        var missing = await cluster.Cluster.Api.MissingPermissionsUnlessAdministratorAsync(
            () => NeededAsync(context, cluster.Cluster, cancellationToken),
            cancellationToken
        );
        return
        [
            missing.Count == 0
                ? Finding.Ok("all permissions that are needed")
                : Finding.Refused(
                    $"Context '{cluster.Cluster.Context}' is missing permissions: {string.Join(", ", missing)}.",
                    "Use a context that has them, or have them granted."
                ),
        ];
    }

    private static async Task<IReadOnlyList<Access>> NeededAsync(CheckContext context, ClusterRun cluster, CancellationToken cancellationToken)
    {
        var run = context.Run.Run;
        if (cluster is DataPlaneRun && run.Drain is { } drain)
            return drain.IsRemoval ? NeededAccess.Removal(run.Namespace) : [new Access("list", "flyte.lyft.com", "flyteworkflows", null)];
        var needed =
            run.Fleet.Flyte.IsGitOps ? NeededAccess.GitOps(run.Namespace)
            : cluster is ControlPlaneRun ? NeededAccess.ControlPlane(run.Namespace)
            : NeededAccess.DataPlane(run.Namespace);
        return run.IsKustomize ? [.. needed.Union(await new OverlayAccess(run, cluster, context.Services.Overlays).NeededAsync(cancellationToken))] : needed;
    }
}
