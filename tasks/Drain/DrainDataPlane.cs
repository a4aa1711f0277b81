using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Drain;

/// <summary>Takes data planes out of service without losing an execution; the fleet file stays its owner's to change.</summary>
[TaskName(nameof(DrainDataPlane))]
[TaskDescription("Take the data planes that --cluster names out of service: no new executions, and wait for those that run")]
[IsDependentOn(typeof(WaitForExecutions))]
[UsesFleet(Drains = true)]
public sealed class DrainDataPlane : FrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override void Run(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        FleetFileLines.Report(context);
    }
}
