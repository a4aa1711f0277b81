using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.ControlPlanes;

/// <summary>Data planes that somebody has drained or removed: a fleet file that still enables one does not put it back to work.</summary>
internal static class DrainedDataPlanes
{
    /// <summary>Refuses a fleet that enables one, unless <c>--undrain</c> is given.</summary>
    /// <param name="context">The run.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="RefusedException">The fleet enables some: all of them.</exception>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    public static async Task RefuseEnabledAsync(FlyteContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Run.Drain is not null || context.Options.Undrain)
            return;
        var recorded = await new DrainRecord(context.Run).ReadAsync(cancellationToken);
        var problems = context.Run.NewProblemList();
        foreach (var plane in context.Run.Fleet.DataPlanes.Where(plane => plane.Enabled))
        {
            if (recorded.GetValueOrDefault(plane.Name) is { } entry)
                problems.Add(
                    new Problem(
                        plane.Name,
                        $"It was {entry}, and the fleet enables it.",
                        (
                            entry.IsRemoved
                                ? $"Remove it from {context.Run.Fleet.Path}"
                                : $"Write enabled: false for it in {context.Run.Fleet.Path} and take it out of the labels"
                        ) + "; or, to have it at work again, give --undrain."
                    )
                );
        }

        problems.Refuse();
    }

    /// <summary>With <c>--undrain</c>: takes those that the fleet enables out of the record.</summary>
    /// <param name="context">The run.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <returns>Whether there were any.</returns>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    public static async Task<bool> ForgetAsync(FlyteContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Options.Undrain
            && await new DrainRecord(context.Run).RemoveAsync(
                context.Run.Fleet.DataPlanes.Where(plane => plane.Enabled).Select(plane => plane.Name),
                context.Gate,
                cancellationToken
            );
    }
}
