namespace Flyte.MultiCluster.Tasks.Checks;

/// <summary>
/// A check of each cluster by itself. In Verify, one that does not answer, or is another cluster than its name says, is skipped: other checks say so.
/// </summary>
/// <typeparam name="TContext">What the check needs of what checks share.</typeparam>
/// <param name="name">The check's name.</param>
/// <param name="what">What it checks.</param>
/// <param name="when">When it runs.</param>
/// <param name="severity">The most that it does to who is wrong.</param>
/// <param name="blockedBy">The checks without which it has no ground, for the same cluster.</param>
internal abstract class ClusterCheck<TContext>(string name, string what, CheckTime when, CheckSeverity severity, params IReadOnlyList<string> blockedBy)
    : Check<TContext>(name, what, when, severity, blockedBy)
    where TContext : CheckContext
{
    /// <inheritdoc/>
    public sealed override async Task<IReadOnlyList<CheckResult>> RunAsync(TContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (await SkippedAsync(context) is { } why)
            return await LookAsync(null, () => Task.FromResult<IReadOnlyList<Finding>>([Finding.Skipped(why)]));
        var results = await Task.WhenAll(Of(context).Select(cluster => OfClusterAsync(context, cluster, cancellationToken)));
        return [.. results.SelectMany(result => result)];
    }

    /// <summary>Looks at one cluster.</summary>
    /// <param name="context">What the checks share.</param>
    /// <param name="cluster">The cluster; it answers.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public abstract Task<IReadOnlyList<Finding>> FindAsync(TContext context, ClusterSnapshot cluster, CancellationToken cancellationToken);

    /// <summary>The clusters that it is about.</summary>
    public virtual IEnumerable<ClusterSnapshot> Of(TContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Clusters;
    }

    /// <summary>Why no cluster is looked at; null where they are.</summary>
    protected virtual Task<string?> SkippedAsync(TContext context) => Task.FromResult<string?>(null);

    private async Task<IReadOnlyList<CheckResult>> OfClusterAsync(TContext context, ClusterSnapshot cluster, CancellationToken cancellationToken)
    {
        var isFirst = BlockedBy.Count == 0;
        var results = await LookAsync(
            cluster.Name,
            async () =>
                isFirst || (await cluster.ReachAsync()).Failure is null
                    ? await FindAsync(context, cluster, cancellationToken)
                    : [Finding.Skipped("the cluster does not answer")]
        );

        // Asked last: the identities wait for the slowest cluster.
        string[] others = [.. BlockedBy.Except([CheckNames.Reachable], StringComparer.Ordinal)];
        return results.All(result => result.Status == CheckStatus.Skipped) || await context.BlockedByAsync(cluster.Name, others) is not { } blocker
            ? results
            : [new CheckResult(Name, cluster.Name, CheckStatus.Skipped, $"blocked by {blocker}", null, results.Max(result => result.Duration))];
    }
}
