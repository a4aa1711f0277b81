using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.ControlPlanes;

/// <summary>Runbook: <c>kubectl get pods -n flyte</c>; here every Deployment of both planes, and what flyteadmin has loaded.</summary>
/// <param name="ready">Waits for them.</param>
[TaskName(nameof(VerifyPods))]
[TaskDescription("Wait until every Deployment of both planes is Available and flyteadmin has loaded every data plane")]
[IsDependentOn(typeof(UpgradeControlPlane))]
[UsesFleet]
public sealed class VerifyPods(ReadyControlPlane ready) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var control = context.ForControlPlaneAsync(
            nameof(VerifyPods),
            async (control, cancellationToken) =>
            {
                if (context.Run.Fleet.Flyte.IsGitOps && !context.Run.Active.Any())
                    return StageResult.Skipped("Git still has to bring the data planes to flyteadmin's configuration");
                if (IsChanging(context, control))
                    return StageResult.Unknown("its Deployments");
                await ready.UntilReadyAsync(context, cancellationToken);
                return StageResult.Done;
            }
        );
        var dataPlanes = context.ForEachDataPlaneAsync(
            nameof(VerifyPods),
            async (plane, cancellationToken) =>
            {
                if (plane.IsKnownAfterApply || IsChanging(context, plane))
                    return StageResult.Unknown("its Deployments");
                await ready.UntilAvailableAsync(context, plane, cancellationToken);
                return StageResult.Done;
            }
        );
        await Task.WhenAll(control, dataPlanes);
    }

    private static bool IsChanging(FlyteContext context, ClusterRun cluster) =>
        !context.Gate.IsOpen && context.Gate.Changes.Any(change => change.Cluster == cluster.Name);
}
