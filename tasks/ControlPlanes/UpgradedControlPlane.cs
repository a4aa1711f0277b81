using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Helm;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tasks.ControlPlanes;

/// <summary>Brings the control plane to the fleet, and has flyteadmin and syncresources read the credentials that are stored.</summary>
/// <param name="values">Reads and merges values as Helm does.</param>
/// <param name="installers">Makes the installers of releases.</param>
/// <param name="overlays">The rendered overlays.</param>
/// <param name="identities">Reads the cloud identities of Flyte's service accounts.</param>
public sealed class UpgradedControlPlane(IHelmValues values, ReleaseInstallers installers, RenderedOverlays overlays, CloudIdentityReader identities)
{
    /// <summary>Upgrades where there is a difference, and restarts where only credentials differ.</summary>
    /// <param name="context">The run.</param>
    /// <param name="cancellationToken">Cancels helm.</param>
    /// <returns>Whether anything was changed, or would be with the gate open.</returns>
    /// <exception cref="HelmException">helm failed.</exception>
    /// <exception cref="RefusedException">The upgrade would lose something, or no new flyteadmin pod would start.</exception>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<bool> UpgradeAsync(FlyteContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var consumers = new CredentialConsumers(context, values);
        await consumers.LookAsync(cancellationToken);
        var helm = context.Run.IsKustomize ? null : new ControlPlaneUpgrade(context, values, installers, identities);
        var overlay = context.Run.IsKustomize ? new ControlPlaneOverlay(context, values, overlays, identities) : null;
        var upgraded = overlay is not null ? await overlay.UpgradeAsync(cancellationToken) : await helm!.RunAsync(cancellationToken);
        var restarted = await consumers.ReloadAsync(
            () => overlay is not null ? Task.FromResult(overlay.Foreseen) : helm!.ForeseeAsync(cancellationToken),
            cancellationToken
        );
        context.Run.State.Of<AdminChecked>().IsRestarted = context.Gate.IsOpen && (upgraded || restarted);
        return await DrainedDataPlanes.ForgetAsync(context, cancellationToken) || upgraded || restarted;
    }
}
