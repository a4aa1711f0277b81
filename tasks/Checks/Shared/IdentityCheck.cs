using Flyte.MultiCluster.Common.Kubernetes;

namespace Flyte.MultiCluster.Tasks.Checks.Shared;

/// <summary>No two names are one cluster; of two, the later one of the fleet is wrong. The UID of namespace kube-system is a cluster's identity.</summary>
internal sealed class IdentityCheck()
    : ClusterCheck<CheckContext>(CheckNames.Identity, "no two names are the same cluster", CheckTime.Both, CheckSeverity.Refuses, CheckNames.Reachable)
{
    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Finding>> FindAsync(CheckContext context, ClusterSnapshot cluster, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(cluster);
        if (await cluster.UidAsync() is not { } uid)
            return [Finding.Warning("Its identity is not known: there is no namespace kube-system.", "Check whether the context may read it.")];
        foreach (var other in context.Clusters.TakeWhile(other => other != cluster))
        {
            if (await TryUidAsync(context, other) == uid)
                return [Same(other, uid)];
        }

        return [Finding.Ok("a separate cluster")];
    }

    private static Finding Same(ClusterSnapshot other, string uid) =>
        Finding.Refused($"It is the same cluster as {other.Name} (kube-system namespace UID {uid}).", "Give each cluster of the fleet a context of its own.");

    /// <summary>Whether a cluster's identity could be read. Before a change, none is asked that the run did not look at.</summary>
    /// <param name="context">What the checks share.</param>
    /// <param name="cluster">The cluster.</param>
    public static async Task<bool> IsKnownAsync(CheckContext context, ClusterSnapshot cluster) => await TryUidAsync(context, cluster) is not null;

    // What cannot be read of another cluster is that cluster's own finding.
    private static async Task<string?> TryUidAsync(CheckContext context, ClusterSnapshot cluster)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(cluster);
        if (context.IsBeforeChange && !cluster.IsLookedAt)
            return null;
        try
        {
            return (await cluster.ReachAsync()).Failure is null ? await cluster.UidAsync() : null;
        }
        catch (KubernetesApiException)
        {
            return null;
        }
    }
}
