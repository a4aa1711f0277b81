using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.NewClusters;

/// <summary>Runs a stage for the data planes that the fleet says how to create.</summary>
internal static class NewClusterStage
{
    /// <summary>Why there is nothing to do for a fleet or a data plane.</summary>
    public const string NoCreate = "the fleet does not describe how to create it (dataPlanes[].create: {version: …, privateSubnets: […]})";

    /// <summary>Runs a stage; reads and checks everything, and asks, where no stage of the run has.</summary>
    /// <param name="context">The run.</param>
    /// <param name="check">Reads, checks and asks.</param>
    /// <param name="stage">The task's name.</param>
    /// <param name="work">The stage's work for one data plane.</param>
    /// <exception cref="RefusedException">Something is wrong, or the answer was no.</exception>
    public static async Task OnNewClustersAsync(
        this FlyteContext context,
        NewClusterCheck check,
        string stage,
        Func<DataPlaneRun, NewClusterState, CancellationToken, Task<StageResult>> work
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(work);
        ArgumentNullException.ThrowIfNull(check);
        if (context.Run.Fleet.Aws is null)
        {
            await context.OnceAsync(stage, static _ => Task.FromResult(StageResult.Skipped(AwsCheck.NoAws)));
            return;
        }

        var states = await check.EnsureAsync(context, context.Cancellation);
        await context.ForEachDataPlaneAsync(
            stage,
            (plane, cancellationToken) =>
                states.TryGetValue(plane.Name, out var state) ? work(plane, state, cancellationToken) : Task.FromResult(StageResult.Skipped(NoCreate))
        );
    }
}
