using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.ControlPlanes;

namespace Flyte.MultiCluster.Tasks.Drain;

/// <summary>Brings the control plane to the fleet without the drained data planes, and waits until nothing sends them executions any more.</summary>
/// <param name="values">Reads and merges values as Helm does.</param>
/// <param name="installers">Makes the installers of releases.</param>
/// <param name="overlays">The rendered overlays.</param>
/// <param name="identities">Reads the cloud identities of Flyte's service accounts.</param>
/// <param name="rollout">Waits for Deployments.</param>
public sealed class DrainedControlPlane(
    IHelmValues values,
    ReleaseInstallers installers,
    RenderedOverlays overlays,
    CloudIdentityReader identities,
    ClusterRollout rollout
)
{
    /// <summary>Upgrades where there is a difference, and waits for the rollout; a run that was killed may have left both half done.</summary>
    /// <param name="context">The run.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Whether anything was changed, or would be with the gate open.</returns>
    /// <exception cref="InvalidOperationException">A pod of an earlier rollout stays, or somebody else has changed the clusters.</exception>
    /// <exception cref="Common.Problems.RefusedException">The upgrade would lose something, or no flyteadmin pod would start.</exception>
    public async Task<bool> UpgradeAsync(FlyteContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var upgraded = context.Run.IsKustomize
            ? await new ControlPlaneOverlay(context, values, overlays, identities).UpgradeAsync(cancellationToken)
            : await new ControlPlaneUpgrade(context, values, installers, identities).RunAsync(cancellationToken);
        if (!context.Gate.IsOpen)
            return upgraded;
        var control = context.Run.ControlPlane;
        await rollout
            .Of(context.Run, control, control.Release, deployment => CredentialDeployments.Names.Contains(deployment.Metadata.Name))
            .UntilAvailableAsync(context.Options.Timeout, cancellationToken);
        var deployment = CredentialDeployments.Names[0];
        await ReplacedFlyteAdmin.RequireGoneAsync(
            context,
            deployment,
            $"of an earlier rollout of {deployment} is still there beyond its grace period, and may send executions to "
                + string.Join(", ", context.Run.Drain!.Names),
            cancellationToken
        );

        // Somebody else may have changed the control plane since.
        await ConfiguredClusters.ReadWithoutAsync(context, values, mayBeDisabled: !context.Run.Drain.IsRemoval, cancellationToken);
        return upgraded;
    }
}
