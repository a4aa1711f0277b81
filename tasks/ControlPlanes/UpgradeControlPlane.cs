using Cake.Frosting;
using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.Credentials;
using Flyte.MultiCluster.Tasks.ValuesOverrides;

namespace Flyte.MultiCluster.Tasks.ControlPlanes;

/// <summary>Runbook: <c>helm upgrade flyte-core …</c> with the override last, then flyteadmin and syncresources read the new credentials.</summary>
/// <param name="controlPlane">Upgrades it.</param>
/// <param name="values">Reads and merges values as Helm does.</param>
/// <param name="git">Compares with what Git has to bring, where it manages releases.</param>
/// <param name="identities">Reads the cloud identities of Flyte's service accounts.</param>
[TaskName(nameof(UpgradeControlPlane))]
[TaskDescription("Upgrade the control plane's release, or apply its overlay; restart flyteadmin and syncresources if only credentials changed")]
[IsDependentOn(typeof(WriteValuesOverride))]
[UsesFleet(Alone = AloneChecks.Tools | AloneChecks.Contexts)]
public sealed class UpgradeControlPlane(UpgradedControlPlane controlPlane, IHelmValues values, GitDifference git, CloudIdentityReader identities)
    : AsyncFrostingTask<FlyteContext>
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
                if (await controlPlane.UpgradeAsync(context, cancellationToken))
                    return StageResult.Done;
                var upToDate = context.Run.IsKustomize ? "all objects of the overlay are up to date" : $"release {control.Spec.Release} is up to date";
                return StageResult.Skipped($"{upToDate}, and the credentials are loaded");
            }
        );
    }
}
