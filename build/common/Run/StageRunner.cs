using System.Diagnostics;
using Cake.Core.Diagnostics;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;

namespace Flyte.MultiCluster.Common.Run;

/// <summary>Why a stage had nothing to do for a cluster; null when it did something.</summary>
/// <param name="Status">Skipped or unknown.</param>
/// <param name="Reason">Why.</param>
public sealed record StageResult(StageStatus Status, string? Reason)
{
    /// <summary>The stage did what it is for.</summary>
    public static StageResult Done { get; } = new(StageStatus.Done, null);

    /// <summary>There was nothing to do.</summary>
    public static StageResult Skipped(string reason) => new(StageStatus.Skipped, reason);

    /// <summary>It cannot be known before earlier changes are made.</summary>
    public static StageResult Unknown(string reason) => new(StageStatus.Unknown, reason);
}

/// <summary>Runs a stage: for all data planes that have not failed in parallel, or for the control plane once.</summary>
public static class StageRunner
{
    /// <summary>Runs a stage for every data plane that has not failed. One that fails is left out of later stages, and reported.</summary>
    /// <param name="context">The run.</param>
    /// <param name="stage">The task's name.</param>
    /// <param name="work">The stage's work for one data plane.</param>
    /// <param name="planes">The data planes; null for all that have not failed.</param>
    /// <exception cref="OperationCanceledException">The run was interrupted.</exception>
    public static Task ForEachDataPlaneAsync(
        this FlyteContext context,
        string stage,
        Func<DataPlaneRun, CancellationToken, Task<StageResult>> work,
        IEnumerable<DataPlaneRun>? planes = null
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        return Parallel.ForEachAsync(
            (planes ?? context.Run.Active).ToArray(),
            new ParallelOptions { MaxDegreeOfParallelism = context.Options.Parallelism, CancellationToken = context.Cancellation },
            async (plane, cancellationToken) =>
            {
                try
                {
                    await TimeAsync(context, stage, plane.Name, () => work(plane, cancellationToken));
                }
                catch (KubernetesApiException exception) when (!plane.Spec.Enabled && exception.IsUnreachable)
                {
                    plane.LeaveOut(exception.Message);
                    context.Report(plane.Name, DisabledClusters.LeftOut(exception.Message));
                }
                catch (Exception exception) when (!exception.IsEndOf(context.Cancellation))
                {
                    context.Fail(plane, stage, exception.Words());
                }
            }
        );
    }

    /// <summary>Leaves a data plane out of all later stages, and logs why.</summary>
    /// <param name="context">The run.</param>
    /// <param name="plane">The data plane.</param>
    /// <param name="stage">The stage that it failed in.</param>
    /// <param name="why">Why.</param>
    public static void Fail(this FlyteContext context, DataPlaneRun plane, string stage, string why)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(plane);
        plane.Fail(stage, why);
        context.Log.Error("[{0}] {1} failed: {2}", plane.Name, stage, why);
    }

    /// <summary>Runs a stage of the control plane, unless no data plane is left to work for.</summary>
    /// <param name="context">The run.</param>
    /// <param name="stage">The task's name.</param>
    /// <param name="work">The stage's work.</param>
    public static async Task ForControlPlaneAsync(this FlyteContext context, string stage, Func<ControlPlaneRun, CancellationToken, Task<StageResult>> work)
    {
        ArgumentNullException.ThrowIfNull(context);
        var control = context.Run.ControlPlane;
        if (!context.Run.HasWork)
        {
            context.Journal.Add(new StageEntry(stage, control.Name, StageStatus.Skipped, TimeSpan.Zero, "no data plane is left"));
            context.Report(control.Name, $"{stage}: skipped, no data plane is left");
            return;
        }

        try
        {
            await TimeAsync(context, stage, control.Name, () => OnLiveStateAsync(() => work(control, context.Cancellation)));
        }
        catch (Exception exception) when (exception is not OperationCanceledException and not RefusedException)
        {
            control.Fail(stage, exception.Message);
            throw;
        }
    }

    /// <summary>Runs a stage that is no cluster's.</summary>
    /// <param name="context">The run.</param>
    /// <param name="stage">The task's name.</param>
    /// <param name="work">The stage's work.</param>
    public static Task OnceAsync(this FlyteContext context, string stage, Func<CancellationToken, Task<StageResult>> work)
    {
        ArgumentNullException.ThrowIfNull(context);
        return TimeAsync(context, stage, null, () => work(context.Cancellation));
    }

    // Another run has worked meanwhile, and this one holds the Lease by now: what the stage has read is read again.
    private static async Task<StageResult> OnLiveStateAsync(Func<Task<StageResult>> work)
    {
        try
        {
            return await work();
        }
        catch (StaleReadException)
        {
            return await work();
        }
    }

    private static async Task TimeAsync(FlyteContext context, string stage, string? cluster, Func<Task<StageResult>> work)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            var result = await work();
            context.Journal.Add(new StageEntry(stage, cluster, result.Status, watch.Elapsed, result.Reason));
            if (result.Reason is not null && !context.Journal.Idle.Contains(stage))
                context.Report(
                    cluster ?? stage,
                    result.Status == StageStatus.Unknown ? $"known after apply: {result.Reason}" : $"nothing to do: {result.Reason}"
                );
        }
        catch (Exception exception)
        {
            context.Journal.Add(new StageEntry(stage, cluster, StageStatus.Failed, watch.Elapsed, exception.Words()));
            throw;
        }
    }
}
