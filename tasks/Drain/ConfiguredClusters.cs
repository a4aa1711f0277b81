using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tasks.Drain;

/// <summary>What flyteadmin still has of the drained data planes: a step that runs alone must not begin before the one that it needs.</summary>
internal static class ConfiguredClusters
{
    /// <summary>flyteadmin's configuration, which has none of the drained data planes, or with <paramref name="mayBeDisabled"/> none that is enabled.</summary>
    /// <param name="context">The run.</param>
    /// <param name="values">Reads YAML as Helm does.</param>
    /// <param name="mayBeDisabled">Whether they may be in it, disabled.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="InvalidOperationException">It has one. With the gate closed it may: an earlier step would take it out.</exception>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    public static async Task<ClusterConfigs?> ReadWithoutAsync(
        FlyteContext context,
        IHelmValues values,
        bool mayBeDisabled,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        var loaded = await new LoadedClusterConfigs(context.Run, values).ReadAsync(cancellationToken);
        string[] left =
        [
            .. (loaded?.Clusters ?? [])
                .Where(entry => context.Run.Drain!.Contains(entry.Name) && (entry.Enabled || !mayBeDisabled))
                .Select(entry => entry.Name),
        ];
        return left.Length == 0 || !context.Gate.IsOpen
            ? loaded
            : throw new InvalidOperationException(
                $"clusterConfigs still {(mayBeDisabled ? "enables" : "has")} {string.Join(", ", left)}. Run "
                    + $"{(mayBeDisabled ? nameof(DrainDataPlane) : TargetNames.RemoveDataPlane)} without --exclusive."
            );
    }
}
