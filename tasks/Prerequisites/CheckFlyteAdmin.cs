using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.ControlPlanes;

namespace Flyte.MultiCluster.Tasks.Prerequisites;

/// <summary>FlyteAdmin answers, and has the projects, domains, labels and launch plans that the fleet names. Before any write.</summary>
/// <param name="preflight">Runs the checks.</param>
[TaskName(nameof(CheckFlyteAdmin))]
[TaskDescription("Check that FlyteAdmin answers and accepts the login, and has the projects, domains, labels and launch plans that the fleet names")]
[UsesFleet]
public sealed class CheckFlyteAdmin(FlyteAdminPreflight preflight) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context) =>
        context.ForControlPlaneAsync(
            nameof(CheckFlyteAdmin),
            async (control, cancellationToken) =>
            {
                if (context.Run.FlyteAdmin is not { } admin)
                    return StageResult.Skipped(FlyteAdminPreflight.NoAddress);
                if (
                    await preflight.PassesAsync(
                        context,
                        mayComeUp: context.WillRun(nameof(UpgradeControlPlane)) || context.Run.UpgradesChart,
                        cancellationToken
                    )
                )
                    return StageResult.Done;
                return StageResult.Skipped($"FlyteAdmin does not answer at {admin.Endpoint}; it is checked again once the control plane is upgraded");
            }
        );
}
