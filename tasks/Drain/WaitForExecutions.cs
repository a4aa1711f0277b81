using Cake.Core.Diagnostics;
using Cake.Frosting;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tasks.Drain;

/// <summary>A data plane is drained once FlyteAdmin and its own FlyteWorkflows agree that nothing there is unfinished.</summary>
/// <param name="values">Reads YAML as Helm does.</param>
[TaskName(nameof(WaitForExecutions))]
[TaskDescription("Wait until the data planes have no unfinished execution; --abort-executions aborts what is left")]
[IsDependentOn(typeof(DisableDataPlane))]
[UsesFleet(Drains = true, Alone = AloneChecks.Contexts)]
public sealed class WaitForExecutions(IHelmValues values) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        await ConfiguredClusters.ReadWithoutAsync(context, values, mayBeDisabled: true, context.Cancellation);
        await context.ForEachDataPlaneAsync(nameof(WaitForExecutions), (plane, cancellationToken) => WaitAsync(context, plane, cancellationToken));
        foreach (var plane in context.Run.LeftOut)
            await ReportAwayAsync(context, plane);
    }

    private static async Task<StageResult> WaitAsync(FlyteContext context, DataPlaneRun plane, CancellationToken cancellationToken)
    {
        var left = await new ExecutionWait(context, context.Run.FlyteAdmin!, plane).UntilEndedAsync(cancellationToken);
        if (left.Count == 0)
        {
            context.Report(
                plane.Name,
                $"{(context.Gate.IsOpen ? "drained" : "nothing to wait for")}: FlyteAdmin and its own FlyteWorkflows have no unfinished execution"
            );
            return StageResult.Done;
        }

        var unfinished = UnfinishedExecutions.Describe(left, plane.Api.Time.GetUtcNow());
        if (!context.Gate.IsOpen)
        {
            context.Report(plane.Name, unfinished);
            return StageResult.Unknown("when these have ended");
        }

        throw new InvalidOperationException(
            $"It gets no new executions, and still has {unfinished}. Run again to go on waiting, with a longer --timeout, or with --abort-executions. "
                + (left.Any(one => one.Execution is null) ? $"FlyteWorkflows: {UnfinishedWorkflows.Command(plane.Context)}" : string.Empty)
        );
    }

    private static async Task ReportAwayAsync(FlyteContext context, DataPlaneRun plane)
    {
        var left = await new UnfinishedExecutions(context.Run.FlyteAdmin!, plane).ListAsync(context.Cancellation);
        var why =
            $"It gets no new executions, but it does not answer, so it is not known what still runs there ({plane.LeftOutReason!.TrimEnd('.')}). FlyteAdmin "
            + (left.Count == 0 ? "lists no unfinished execution." : $"lists {UnfinishedExecutions.Describe(left, plane.Api.Time.GetUtcNow())}.")
            + $" Run again when it answers; if it is gone for good, remove it with --target={TargetNames.RemoveDataPlane} --unreachable.";
        plane.Fail(nameof(WaitForExecutions), why);
        context.Log.Error("[{0}] {1} failed: {2}", plane.Name, nameof(WaitForExecutions), why);
    }
}
