using Cake.Frosting;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Pyflyte;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.Prerequisites;
using Flyte.MultiCluster.Tasks.SmokeRuns;

namespace Flyte.MultiCluster.Tasks.Rotation;

/// <summary>The new credentials in use: executions that flyteadmin sends to the data planes with them, before the old ones go.</summary>
/// <param name="values">Reads YAML as Helm does.</param>
/// <param name="overlays">The rendered overlays.</param>
/// <param name="pyflyte">Runs pyflyte.</param>
/// <param name="preflight">Runs the checks of FlyteAdmin.</param>
[TaskName(nameof(ProveReplacementCredentials))]
[TaskDescription("See the new credentials in use: an execution for every label")]
[IsDependentOn(typeof(ReloadCredentials))]
[UsesFleet]
public sealed class ProveReplacementCredentials(IHelmValues values, RenderedOverlays overlays, PyflyteRunRunner pyflyte, FlyteAdminPreflight preflight)
    : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context) =>
        RotationStage.RunAsync(
            context,
            nameof(ProveReplacementCredentials),
            (_, cancellationToken) => new SmokeStage(context, values, overlays, pyflyte, preflight) { IsProof = true }.RunAsync(cancellationToken)
        );
}
