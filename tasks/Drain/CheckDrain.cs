using Cake.Frosting;
using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.Prerequisites;
using Flyte.MultiCluster.Tasks.Prerequisites.Chart;

namespace Flyte.MultiCluster.Tasks.Drain;

/// <summary>Before the first write: every label keeps a cluster, and flyteadmin will start without the drained ones.</summary>
/// <param name="values">Reads and merges values as Helm does.</param>
/// <param name="overlays">The rendered overlays.</param>
/// <param name="identities">Reads the cloud identities of Flyte's service accounts.</param>
[TaskName(nameof(CheckDrain))]
[TaskDescription("Check, before any write, that every label keeps a cluster and that flyteadmin will start without the drained ones")]
[IsDependentOn(typeof(CheckClusters))]
[IsDependentOn(typeof(CheckFlyteAdmin))]
[IsDependentOn(typeof(FetchChart))]
[UsesFleet(Drains = true, Alone = AloneChecks.Contexts)]
public sealed class CheckDrain(IHelmValues values, RenderedOverlays overlays, CloudIdentityReader identities) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context) =>
        context.ForControlPlaneAsync(
            nameof(CheckDrain),
            async (_, cancellationToken) =>
            {
                (await new DrainCheck(context, values, overlays, identities).ProblemsAsync(cancellationToken)).Refuse();
                return StageResult.Done;
            }
        );
}
