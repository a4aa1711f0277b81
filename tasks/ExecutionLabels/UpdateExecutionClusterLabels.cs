using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Flytectl;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.ControlPlanes;
using Flyte.MultiCluster.Tasks.Prerequisites;

namespace Flyte.MultiCluster.Tasks.ExecutionLabels;

/// <summary>Runbook: <c>flytectl update execution-cluster-label --attrFile ecl.yaml</c>, once a project and domain, once a workflow; here all of them at
/// once.</summary>
/// <param name="values">Reads YAML as Helm does.</param>
/// <param name="labels">Runs flytectl.</param>
/// <param name="preflight">Runs the checks of FlyteAdmin.</param>
[TaskName(nameof(UpdateExecutionClusterLabels))]
[TaskDescription("Set the execution cluster labels of projects, domains and workflows in FlyteAdmin")]
[IsDependentOn(typeof(CheckFlyteAdmin))]
[UsesFleet]
public sealed class UpdateExecutionClusterLabels(IHelmValues values, FlytectlLabelRunner labels, FlyteAdminPreflight preflight)
    : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context) =>
        context.ForControlPlaneAsync(
            nameof(UpdateExecutionClusterLabels),
            async (control, cancellationToken) =>
            {
                if (context.Run.FlyteAdmin is not { } admin)
                    return StageResult.Skipped(FlyteAdminPreflight.NoAddress);
                if (!await preflight.PassesAsync(context, mayComeUp: !context.Gate.IsOpen && context.WillRun(nameof(UpgradeControlPlane)), cancellationToken))
                    return StageResult.Unknown("the execution labels in FlyteAdmin, which does not answer yet");
                if (context.Run.Fleet.FlyteAdmin is not { Flytectl: true } settings)
                    return await new LabelUpdate(context, control, admin, new HttpLabelWriter(admin), values).RunAsync(cancellationToken);
                using var flytectl = new FlytectlLabelWriter(
                    labels,
                    settings.Config,
                    Path.Combine(context.Run.Artifacts, "execution-labels"),
                    context.Options.Parallelism
                );
                return await new LabelUpdate(context, control, admin, flytectl, values).RunAsync(cancellationToken);
            }
        );
}
