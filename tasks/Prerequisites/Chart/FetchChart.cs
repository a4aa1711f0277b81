using Cake.Frosting;
using Flyte.MultiCluster.Common.Charts;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Prerequisites.Chart;

/// <summary>Runbook: <c>helm fetch --untar</c>, pinned and cached.</summary>
/// <param name="charts">The cached charts.</param>
[TaskName(nameof(FetchChart))]
[TaskDescription("Fetch the pinned flyte-core chart into the cache and build its dependencies")]
[IsDependentOn(typeof(AddHelmRepository))]
[UsesFleet]
public sealed class FetchChart(ChartCache charts) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var wanted = context.Run.Fleet.Flyte.Chart;
        return context.OnceAsync(
            nameof(FetchChart),
            async cancellationToken =>
            {
                if (context.Run.IsKustomize)
                    return StageResult.Skipped("the fleet installs with kustomize");
                var cached = charts.Find(wanted);
                context.Run.Chart = cached ?? await charts.FetchAsync(wanted, cancellationToken);
                RefuseOtherCharts(context.Run.Chart, context.Run.Fleet.Path);
                return cached is null ? StageResult.Done : StageResult.Skipped($"{cached.Name} {cached.Version} is cached");
            }
        );
    }

    private static void RefuseOtherCharts(UnpackedChart chart, string fleet)
    {
        Problem[] problems =
        [
            .. new[] { chart.DataPlaneValues, chart.ControlPlaneValues }
                .Where(file => !File.Exists(file))
                .Select(file => new Problem(
                    fleet,
                    $"The chart {chart.Name} {chart.Version} has no {Path.GetFileName(file)}.",
                    "Name the flyte-core chart; flyte-binary cannot run in several clusters."
                )),
        ];
        if (problems.Length > 0)
            throw new RefusedException(problems);
    }
}
