using Cake.Frosting;
using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.Drain;
using Flyte.MultiCluster.Tasks.Prerequisites;
using Flyte.MultiCluster.Tasks.Prerequisites.Aws;
using Flyte.MultiCluster.Tasks.Prerequisites.Chart;

namespace Flyte.MultiCluster.Tasks.Removal;

/// <summary>Before the first write: the data planes are drained, and nothing that somebody needs goes with them.</summary>
/// <param name="values">Reads and merges values as Helm does.</param>
/// <param name="overlays">The rendered overlays.</param>
/// <param name="identities">Reads the cloud identities of Flyte's service accounts.</param>
[TaskName(nameof(CheckRemoval))]
[TaskDescription("Check, before any write, that the data planes are drained and nothing there is unfinished")]
[IsDependentOn(typeof(CheckClusters))]
[IsDependentOn(typeof(CheckFlyteAdmin))]
[IsDependentOn(typeof(CheckAws))]
[IsDependentOn(typeof(FetchChart))]
[UsesFleet(Drains = true, Removes = true, Alone = AloneChecks.Contexts)]
public sealed class CheckRemoval(IHelmValues values, RenderedOverlays overlays, CloudIdentityReader identities) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context) =>
        context.ForControlPlaneAsync(
            nameof(CheckRemoval),
            async (_, cancellationToken) =>
            {
                var drain = new DrainCheck(context, values, overlays, identities);
                (await new RemovalCheck(context, values, drain).ProblemsAsync(cancellationToken)).Refuse();
                return StageResult.Done;
            }
        );
}
