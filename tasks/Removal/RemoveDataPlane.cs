using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Drain;

namespace Flyte.MultiCluster.Tasks.Removal;

/// <summary>Undoes a join: the control plane's side first, then what is in the cluster.</summary>
[TaskName(nameof(RemoveDataPlane))]
[TaskDescription("Remove the drained data planes that --cluster names: from the control plane, the trust policies, and the clusters themselves")]
[IsDependentOn(typeof(DeleteDataPlaneNamespace))]
[UsesFleet(Drains = true, Removes = true)]
public sealed class RemoveDataPlane : FrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override void Run(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (var plane in context.Run.LeftOut.Where(_ => !context.Options.Unreachable))
            plane.Fail(nameof(RemoveDataPlane), $"It has stopped answering, and what it still has was not removed: {plane.LeftOutReason} Run again.");
        FleetFileLines.Report(context);
    }
}
