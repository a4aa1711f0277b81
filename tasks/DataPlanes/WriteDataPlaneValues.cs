using Cake.Frosting;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Prerequisites.Chart;

namespace Flyte.MultiCluster.Tasks.DataPlanes;

/// <summary>Runbook: edit <c>values-dataplane.yaml</c>; here one file per data plane, under <c>artifacts/</c>.</summary>
/// <param name="values">The data planes' values.</param>
[TaskName(nameof(WriteDataPlaneValues))]
[TaskDescription("Write each data plane's values file")]
[IsDependentOn(typeof(FetchChart))]
[UsesFleet]
public sealed class WriteDataPlaneValues(DataPlaneValues values) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context) =>
        context.ForEachDataPlaneAsync(
            nameof(WriteDataPlaneValues),
            async (plane, cancellationToken) =>
            {
                if (context.Run.IsKustomize)
                    return StageResult.Skipped("the fleet installs with kustomize");
                var changed = await values.WriteAsync(context, plane, cancellationToken);
                return changed ? StageResult.Done : StageResult.Skipped($"{ProcessEnvironment.Current.RelativePath(plane.ValuesFile!)} is up to date");
            }
        );
}
