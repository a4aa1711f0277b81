using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Prerequisites.Chart;

/// <summary>Runbook: <c>helm repo add flyteorg …</c>, in the project's own list; not needed once the chart is cached.</summary>
[TaskName(nameof(AddHelmRepository))]
[TaskDescription("Add the chart's Helm repository, in the project's own list")]
[IsDependentOn(typeof(CheckClusters))]
[UsesFleet]
public sealed class AddHelmRepository : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var chart = context.Run.Fleet.Flyte.Chart;
        return context.OnceAsync(nameof(AddHelmRepository), async cancellationToken =>
        {
            if (context.Run.IsKustomize)
                return StageResult.Skipped("the fleet installs with kustomize");
            if (chart.Path is not null)
                return StageResult.Skipped($"the chart is a local one, {chart.Path}");
            if (context.Charts.Find(chart) is not null)
                return StageResult.Skipped($"{chart.Name} {chart.Version} is cached");
            await context.Charts.AddRepositoryAsync(chart, cancellationToken);
            return StageResult.Done;
        });
    }
}
