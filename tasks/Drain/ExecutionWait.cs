using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Drain;

/// <summary>Waits until a data plane has no unfinished execution, and aborts what it has where that is wanted.</summary>
/// <param name="context">The run.</param>
/// <param name="admin">FlyteAdmin's API.</param>
/// <param name="plane">The data plane.</param>
internal sealed class ExecutionWait(FlyteContext context, IFlyteAdmin admin, DataPlaneRun plane)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(30);

    private readonly UnfinishedExecutions _unfinished = new(admin, plane);
    private readonly HashSet<ExecutionId> _aborted = [];

    private DateTimeOffset Now => plane.Api.Time.GetUtcNow();

    /// <summary>Waits.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>What is unfinished when the run's timeout is over, or with the gate closed at once; none once the data plane is drained.</returns>
    /// <exception cref="FlyteAdminException">FlyteAdmin refused, or did not answer.</exception>
    /// <exception cref="Common.Kubernetes.KubernetesApiException">The data plane refused, or did not answer.</exception>
    public async Task<IReadOnlyList<UnfinishedExecution>> UntilEndedAsync(CancellationToken cancellationToken)
    {
        var until = Now + context.Options.Timeout;
        var (reported, count, pause) = (DateTimeOffset.MinValue, 0, ShortestPause);
        while (true)
        {
            var left = await _unfinished.ListAsync(cancellationToken);
            if (left.Count == 0)
                return left;
            if (context.Options.AbortExecutions)
                await AbortAsync(left, cancellationToken);
            if (!context.Gate.IsOpen || Now >= until)
                return left;
            if (left.Count != count || Now - reported >= ReportEvery)
            {
                context.Report(plane.Name, $"waiting for {UnfinishedExecutions.Describe(left, Now)}");
                (reported, count) = (Now, left.Count);
            }

            await Task.Delay(pause, plane.Api.Time, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    // Once each: what stays ABORTING after that is flytepropeller's to end.
    private Task<bool[]> AbortAsync(IEnumerable<UnfinishedExecution> left, CancellationToken cancellationToken) =>
        Task.WhenAll(left.Select(one => one.Execution?.Id).OfType<ExecutionId>().Where(_aborted.Add).Select(id => AbortAsync(id, cancellationToken)));

    private Task<bool> AbortAsync(ExecutionId id, CancellationToken cancellationToken) =>
        context.Gate.PassAsync(
            new Change(plane.Name, "Execution", null, id.ToString(), ChangeAction.Delete, "abort it: its data plane is drained"),
            (permit, token) => admin.AbortExecutionAsync(permit, id, $"flyte-multicluster: data plane {plane.Name} is drained", token),
            cancellationToken
        );
}
