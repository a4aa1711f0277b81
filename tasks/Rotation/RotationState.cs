using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Rotation;

/// <summary>What a run knows of a data plane's rotation.</summary>
internal sealed class RotationState
{
    /// <summary>What was decided; null before, and where nothing is to be done.</summary>
    public RotationDecision? Decision { get; set; }

    /// <summary>The data planes whose rotation is under way.</summary>
    /// <param name="run">The run.</param>
    public static IReadOnlyList<DataPlaneRun> Planes(FleetRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return [.. run.Active.Where(plane => Of(plane) is not null)];
    }

    /// <summary>What was decided for a data plane; null where nothing is to be done.</summary>
    /// <param name="plane">The data plane.</param>
    public static RotationDecision? Of(DataPlaneRun plane)
    {
        ArgumentNullException.ThrowIfNull(plane);
        return plane.State.Of<RotationState>().Decision;
    }
}
