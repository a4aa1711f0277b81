using Cake.Frosting;
using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.Credentials;

namespace Flyte.MultiCluster.Tasks.ValuesOverrides;

/// <summary>Runbook: write <c>values-override.yaml</c>; here composed from the fleet and the live release.</summary>
/// <param name="values">Reads and merges values as Helm does.</param>
/// <param name="identities">Reads the cloud identities of Flyte's service accounts.</param>
[TaskName(nameof(WriteValuesOverride))]
[TaskDescription("Compose the control plane's values override from the fleet and the live release")]
[IsDependentOn(typeof(ApplyClusterCredentials))]
[UsesFleet(Alone = AloneChecks.Contexts)]
public sealed class WriteValuesOverride(IHelmValues values, CloudIdentityReader identities) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        await CollectedCredentials.LeaveOutUnstoredAsync(context);
        await context.ForControlPlaneAsync(
            nameof(WriteValuesOverride),
            async (control, cancellationToken) =>
            {
                if (context.Run.IsKustomize)
                    return StageResult.Skipped("the fleet installs with kustomize");
                if (context.Run.Fleet.Flyte.IsGitOps)
                    return StageResult.Skipped("Render writes it, and Git manages the release");
                var live = await HelmReleases.FindAsync(control.Api, context.Run.Namespace, control.Spec.Release, cancellationToken);
                var file = new OverrideFile(context, await identities.OfAsync(context.Run, cancellationToken), values);
                return file.Write(file.Compose(live))
                    ? StageResult.Done
                    : StageResult.Skipped($"{ProcessEnvironment.Current.RelativePath(control.ValuesOverride!)} is up to date");
            }
        );
    }
}
