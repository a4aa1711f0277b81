using Cake.Frosting;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.ControlPlanes;
using Flyte.MultiCluster.Tasks.Prerequisites;

namespace Flyte.MultiCluster.Tasks.Rotation;

/// <summary>Which tokens are replaced, and whether flyteadmin would start again with the new ones: all of it before the first write.</summary>
/// <param name="values">Reads YAML as Helm does.</param>
[TaskName(nameof(CheckStoredTokens))]
[TaskDescription("Check which tokens are to be replaced, and that flyteadmin will start with the new ones, before any write")]
[IsDependentOn(typeof(CheckClusters))]
[IsDependentOn(typeof(CheckFlyteAdmin))]
[UsesFleet(Alone = AloneChecks.Contexts)]
public sealed class CheckStoredTokens(IHelmValues values) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        await context.ForEachDataPlaneAsync(
            nameof(CheckStoredTokens),
            async (plane, cancellationToken) =>
            {
                var decision = await new TokenRotation(context.Run, plane).DecideAsync(context.Options.OlderThan, cancellationToken);
                if (decision.IsNothing)
                    return StageResult.Skipped(decision.Reason);
                context.Report(plane.Name, decision.Reason);
                plane.Credential = decision.Current;
                plane.State.Of<RotationState>().Decision = decision;
                return StageResult.Done;
            }
        );
        await context.ForControlPlaneAsync(
            nameof(CheckStoredTokens),
            async (_, cancellationToken) =>
            {
                var planes = RotationState.Planes(context.Run);
                if (planes.Count == 0)
                    return StageResult.Skipped("all tokens stay");
                await new CredentialConsumers(context, values).RefuseBlockedAsync(planes, cancellationToken);
                return StageResult.Done;
            }
        );
    }
}
