using Cake.Frosting;
using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.Credentials;
using Flyte.MultiCluster.Tasks.ValuesOverrides;

namespace Flyte.MultiCluster.Tasks.ControlPlanes;

/// <summary>Runbook: <c>helm upgrade flyte-core …</c> with the override last, then flyteadmin and syncresources read the new credentials.</summary>
/// <param name="values">Reads and merges values as Helm does.</param>
/// <param name="installers">Makes the installers of releases.</param>
/// <param name="overlays">The rendered overlays.</param>
/// <param name="identities">Reads the cloud identities of Flyte's service accounts.</param>
/// <param name="git">Compares with what Git has to bring, where it manages releases.</param>
[TaskName(nameof(UpgradeControlPlane))]
[TaskDescription("Upgrade the control plane's release, or apply its overlay; restart flyteadmin and syncresources if only credentials changed")]
[IsDependentOn(typeof(WriteValuesOverride))]
[UsesFleet(Alone = AloneChecks.Tools | AloneChecks.Contexts)]
public sealed class UpgradeControlPlane(
    IHelmValues values,
    ReleaseInstallers installers,
    RenderedOverlays overlays,
    CloudIdentityReader identities,
    GitDifference git
) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        await CollectedCredentials.EnsureAsync(context);
        await CollectedCredentials.LeaveOutUnstoredAsync(context);
        await context.ForControlPlaneAsync(
            nameof(UpgradeControlPlane),
            async (control, cancellationToken) =>
            {
                if (context.Run.Fleet.Flyte.IsGitOps)
                    return await new GitControlPlane(context, values, git, identities).RunAsync(cancellationToken);
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
                if (await DrainedDataPlanes.ForgetAsync(context, cancellationToken) || upgraded || restarted)
                    return StageResult.Done;
                var upToDate = context.Run.IsKustomize ? "all objects of the overlay are up to date" : $"release {control.Spec.Release} is up to date";
                return StageResult.Skipped($"{upToDate}, and the credentials are loaded");
            }
        );
    }
}
