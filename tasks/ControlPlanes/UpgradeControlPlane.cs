using Cake.Frosting;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Credentials;
using Flyte.MultiCluster.Tasks.ValuesOverrides;

namespace Flyte.MultiCluster.Tasks.ControlPlanes;

/// <summary>Runbook: <c>helm upgrade flyte-core …</c> with the override last, then flyteadmin and syncresources read the new credentials.</summary>
[TaskName(nameof(UpgradeControlPlane))]
[TaskDescription("Upgrade the control plane's release, or apply its overlay; restart flyteadmin and syncresources where only credentials changed")]
[IsDependentOn(typeof(WriteValuesOverride))]
[UsesFleet(Alone = AloneChecks.Tools | AloneChecks.Contexts)]
public sealed class UpgradeControlPlane : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        await CollectedCredentials.EnsureAsync(context);
        await CollectedCredentials.LeaveOutUnstoredAsync(context);
        await context.ForControlPlaneAsync(nameof(UpgradeControlPlane), async (control, cancellationToken) =>
        {
            var consumers = new CredentialConsumers(context, control);
            await consumers.LookAsync(cancellationToken);
            var helm = context.Run.IsKustomize ? null : new ControlPlaneUpgrade(context, control);
            var overlay = context.Run.IsKustomize ? new ControlPlaneOverlay(context, control) : null;
            var upgraded = overlay is not null ? await overlay.UpgradeAsync(cancellationToken) : await helm!.RunAsync(cancellationToken);
            var restarted = await consumers.ReloadAsync(() => overlay is not null ? Task.FromResult(overlay.Foreseen) : helm!.ForeseeAsync(cancellationToken), cancellationToken);
            context.Run.State.Of<AdminChecked>().IsRestarted = context.Gate.IsOpen && (upgraded || restarted);
            return upgraded || restarted ? StageResult.Done : StageResult.Skipped($"{(context.Run.IsKustomize ? "all objects of the overlay are up to date" : $"release {control.Spec.Release} has this chart and these values")}, and the credentials are loaded");
        });
    }
}
