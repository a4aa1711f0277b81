using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Rotation;

/// <summary>A stage of the control plane for the data planes whose rotation is under way.</summary>
internal static class RotationStage
{
    /// <summary>Runs it, unless no token is replaced.</summary>
    /// <param name="context">The run.</param>
    /// <param name="stage">The task's name.</param>
    /// <param name="work">The stage's work for these data planes.</param>
    public static Task RunAsync(FlyteContext context, string stage, Func<IReadOnlyList<DataPlaneRun>, CancellationToken, Task<StageResult>> work) =>
        context.ForControlPlaneAsync(
            stage,
            async (_, cancellationToken) =>
                RotationState.Planes(context.Run) is { Count: > 0 } planes
                    ? await work(planes, cancellationToken)
                    : StageResult.Skipped("no credential is to be replaced")
        );
}
