using Cake.Frosting;
using Flyte.MultiCluster.Common.Charts;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Prerequisites.Chart;

/// <summary>Runbook: <c>helm repo add flyteorg …</c>, in the project's own list; not needed once the chart is cached.</summary>
/// <param name="charts">The cached charts.</param>
[TaskName(nameof(AddHelmRepository))]
[TaskDescription("Add the chart's Helm repository to the project's own list")]
[IsDependentOn(typeof(CheckClusters))]
[UsesFleet]
public sealed class AddHelmRepository(ChartCache charts) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var chart = context.Run.Fleet.Flyte.Chart;
        return context.OnceAsync(
            nameof(AddHelmRepository),
            async cancellationToken =>
            {
                if (context.Run.IsKustomize)
                    return StageResult.Skipped("the fleet installs with kustomize");
                if (chart.Path is not null)
                    return StageResult.Skipped($"the chart is a local one, {chart.Path}");
                if (charts.Find(chart) is not null)
                    return StageResult.Skipped($"{chart.Name} {chart.Version} is cached");
                await charts.AddRepositoryAsync(chart, cancellationToken);
                return StageResult.Done;
            }
        );
    }
}
