using Cake.Frosting;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Charts;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.ControlPlanes;
using Flyte.MultiCluster.Tasks.Credentials;
using Flyte.MultiCluster.Tasks.DataPlanes;
using Flyte.MultiCluster.Tasks.Verification;

namespace Flyte.MultiCluster.Tasks.Upgrades;

/// <summary>The control plane gets the new chart before any data plane, and is verified; where that fails, it is rolled back and nothing else done.</summary>
/// <param name="controlPlane">Upgrades it.</param>
/// <param name="ready">Waits for its Deployments.</param>
/// <param name="failed">Rolls it back.</param>
/// <param name="definitions">Notes the CRDs that change.</param>
/// <param name="tools">What the checks look with.</param>
[TaskName(nameof(UpgradeControlPlaneChart))]
[TaskDescription("Upgrade the control plane to the fleet file's chart version and verify it; roll it back where that fails")]
[IsDependentOn(typeof(CheckUpgrade))]
[IsDependentOn(typeof(WriteDataPlaneValues))]
[UsesFleet(Upgrades = true, Alone = AloneChecks.Tools | AloneChecks.Contexts)]
public sealed class UpgradeControlPlaneChart(
    UpgradedControlPlane controlPlane,
    ReadyControlPlane ready,
    FailedUpgrade failed,
    UpgradedDefinitions definitions,
    VerifyTools tools
) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        await CollectedCredentials.EnsureAsync(context);
        await StoredCredentialsAsync(context);
        await context.ForControlPlaneAsync(
            nameof(UpgradeControlPlaneChart),
            async (control, cancellationToken) =>
            {
                var before = ChartUpgrade.InForce(await HelmReleases.FindAsync(control.Api, context.Run.Namespace, control.Release, cancellationToken));
                var verification = new UpgradeVerification(context, tools);
                if (context.Gate.IsOpen && before is not null && !ChartVersion.Same(before.ChartVersion, context.Run.Chart.Version))
                    await BeforeAsync(context, verification, cancellationToken);
                definitions.Note(context, control, before);
                try
                {
                    var upgraded = await controlPlane.UpgradeAsync(context, cancellationToken);
                    if (context.Gate.IsOpen)
                    {
                        await ready.UntilReadyAsync(context, cancellationToken);
                        await verification.RequireControlPlaneAsync(upgraded, cancellationToken);
                        await verification.SmokeAsync(nameof(UpgradeControlPlaneChart), [], cancellationToken);
                    }

                    return upgraded ? StageResult.Done : StageResult.Skipped($"release {control.Release} is up to date");
                }
                catch (Exception exception) when (exception is not StaleReadException && !exception.IsEndOf(context.Cancellation))
                {
                    if (await failed.RollBackAsync(context, control, before, cancellationToken) is not { } outcome)
                        throw;
                    await FleetVersions.NoteAsync(context, cancellationToken);
                    throw new InvalidOperationException($"{exception.Words()} {outcome} No data plane was upgraded.", exception);
                }
            }
        );
    }

    // Which credential is stored is not this target's to change: what is not stored is not noted as loaded.
    private static async Task StoredCredentialsAsync(FlyteContext context)
    {
        var secret = await new CredentialsSecret(context.Run).ReadAsync(context.Cancellation);
        foreach (var plane in context.Run.Active.Where(plane => !CredentialsSecret.Holds(secret, plane)))
        {
            plane.Credential = null;
            context.Journal.Add(
                $"{plane.Name}: Secret {CredentialsSecret.Name} holds another token than the data plane's Secret. AddDataPlane stores that one."
            );
        }
    }

    // A fleet that does not work would fail after the upgrade too, and the chart would be blamed.
    private static async Task BeforeAsync(FlyteContext context, UpgradeVerification verification, CancellationToken cancellationToken)
    {
        await verification.NoteFailedBeforeAsync([.. context.Run.Active], withControlPlane: true, cancellationToken);
        try
        {
            await verification.SmokeAsync(nameof(UpgradeControlPlaneChart), [], cancellationToken, isFresh: true);
        }
        catch (InvalidOperationException exception)
        {
            throw new InvalidOperationException($"Before the upgrade: {exception.Message} Nothing was upgraded.", exception);
        }
    }
}
