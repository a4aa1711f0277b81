using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.FleetStatus;

/// <summary>What becomes of a run that shows the fleet where clusters do not answer.</summary>
internal static class UnreachableClusters
{
    /// <summary>Fails the enabled data planes that do not answer.</summary>
    /// <param name="context">The run.</param>
    /// <param name="stage">The task's name.</param>
    /// <param name="rows">The clusters, the control plane first.</param>
    /// <exception cref="InvalidOperationException">The control plane does not answer.</exception>
    public static StageResult Fail(FlyteContext context, string stage, IReadOnlyList<ClusterStatus> rows)
    {
        foreach (var plane in context.Run.DataPlanes.Where(plane => plane.Spec.Enabled))
        {
            if (rows.FirstOrDefault(row => row.Cluster == plane.Name) is { IsReachable: false, Problem: { } problem })
                plane.Fail(stage, problem);
        }

        return rows[0] is { IsReachable: false, Problem: { } why }
            ? throw new InvalidOperationException($"The control plane does not answer: {why}")
            : StageResult.Done;
    }
}
