using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.DataPlanes;

/// <summary>Runbook: <c>helm install flyte-core-data …</c> in each data plane, then its Deployments become Available.</summary>
/// <param name="installation">Installs them.</param>
[TaskName(nameof(InstallDataPlane))]
[TaskDescription("Install or upgrade the chart, or the overlay, in every data plane and wait for its Deployments")]
[IsDependentOn(typeof(WriteDataPlaneValues))]
[UsesFleet(Alone = AloneChecks.Tools)]
public sealed class InstallDataPlane(DataPlaneInstallation installation) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context) =>
        context.ForEachDataPlaneAsync(nameof(InstallDataPlane), (plane, cancellationToken) => installation.RunAsync(context, plane, cancellationToken));
}
