using Cake.Frosting;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tasks.ControlPlanes;

/// <summary>Runbook: <c>kubectl get pods -n flyte</c>; here every Deployment of both planes, and what flyteadmin has loaded.</summary>
/// <param name="rollout">Waits for Deployments.</param>
/// <param name="values">Reads YAML as Helm does.</param>
[TaskName(nameof(VerifyPods))]
[TaskDescription("Wait until every Deployment of both planes is Available and flyteadmin has loaded every data plane")]
[IsDependentOn(typeof(UpgradeControlPlane))]
[UsesFleet]
public sealed class VerifyPods(ClusterRollout rollout, IHelmValues values) : AsyncFrostingTask<FlyteContext>
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
                if (await AvailableAsync(context, control, control.Spec.Release, cancellationToken) is { } unknown)
                    return unknown;

                // What is loaded is reported for all pods that answer.
                var replaced = ReplacedFlyteAdmin.UntilGoneAsync(context, cancellationToken);
                var loaded = new LoadedClusterConfigs(context.Run, values).UntilLoadedAsync(context.Options.Timeout, cancellationToken);
                await Task.WhenAll(replaced, loaded);
                context.Report(control.Name, $"flyteadmin has loaded {string.Join(", ", await loaded)}");
                return StageResult.Done;
            }
        );
        var dataPlanes = context.ForEachDataPlaneAsync(
            nameof(VerifyPods),
            async (plane, cancellationToken) =>
                plane.IsKnownAfterApply
                    ? StageResult.Unknown("its Deployments")
                    : await AvailableAsync(context, plane, plane.Spec.Release, cancellationToken) ?? StageResult.Done
        );
        await Task.WhenAll(control, dataPlanes);
    }

    private async Task<StageResult?> AvailableAsync(FlyteContext context, ClusterRun cluster, string release, CancellationToken cancellationToken)
    {
        if (!context.Gate.IsOpen && context.Gate.Changes.Any(change => change.Cluster == cluster.Name))
            return StageResult.Unknown("its Deployments");
        var deployments = await rollout
            .Of(context.Run, cluster, release, context.Run.IsKustomize ? Overlay.IsOwn : null)
            .UntilAvailableAsync(context.Options.Timeout, cancellationToken);
        context.Report(cluster.Name, $"available: {string.Join(", ", deployments)}");
        return null;
    }
}
