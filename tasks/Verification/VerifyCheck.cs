using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Tasks.Checks;

namespace Flyte.MultiCluster.Tasks.Verification;

/// <summary>A check of Verify alone.</summary>
/// <param name="name">The check's name.</param>
/// <param name="what">What it checks.</param>
/// <param name="severity">The most that it does to who is wrong.</param>
/// <param name="blockedBy">The checks without which it has no ground.</param>
internal abstract class VerifyCheck(string name, string what, CheckSeverity severity, params IReadOnlyList<string> blockedBy)
    : Check<VerifyContext>(name, what, CheckTime.Verify, severity, blockedBy);

/// <summary>A check of each cluster, of Verify alone.</summary>
/// <param name="name">The check's name.</param>
/// <param name="what">What it checks.</param>
/// <param name="severity">The most that it does to who is wrong.</param>
/// <param name="more">Further checks without which it has no ground.</param>
internal abstract class ClusterCheck(string name, string what, CheckSeverity severity, params IReadOnlyList<string> more)
    : ClusterCheck<VerifyContext>(name, what, CheckTime.Verify, severity, [CheckNames.Reachable, CheckNames.Identity, .. more]);

/// <summary>A check of each entry of clusterConfigs that flyteadmin reads a credential for, whether the fleet names it or not.</summary>
/// <param name="name">The check's name.</param>
/// <param name="what">What it checks.</param>
/// <param name="severity">The most that it does to who is wrong.</param>
/// <param name="first">The checks without which this one has no ground, for the same entry.</param>
internal abstract class EntryCheck(string name, string what, CheckSeverity severity, params IReadOnlyList<string> first)
    : VerifyCheck(name, what, severity, first)
{
    /// <inheritdoc/>
    public sealed override async Task<IReadOnlyList<CheckResult>> RunAsync(VerifyContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var control = context.Control;
        if ((await control.ReachAsync()).Failure is not null)
            return await LookAsync(control.Name, () => Of(Finding.Skipped("the control plane does not answer")));
        var loaded = await LookAsync(
            control.Name,
            async () => (await context.LoadedAsync()).Admin is null ? [Finding.Skipped("flyteadmin has loaded no clusters: see configuration")] : []
        );
        if (loaded.Count > 0)
            return loaded;
        var entries = (await context.LoadedAsync()).Admin!.Clusters.Where(entry => !entry.InCluster).DistinctBy(entry => entry.Name);
        var results = await Task.WhenAll(
            entries.Select(entry =>
                LookAsync(
                    entry.Name,
                    async () =>
                        await context.BlockedByAsync(entry.Name, BlockedBy) is { } blocker
                            ? [Finding.Skipped($"blocked by {blocker}")]
                            : await LookAsync(context, entry, cancellationToken)
                )
            )
        );
        return [.. results.SelectMany(result => result)];
    }

    /// <summary>Looks at one entry.</summary>
    protected abstract Task<IReadOnlyList<Finding>> LookAsync(VerifyContext context, ClusterEntry entry, CancellationToken cancellationToken);

    private static Task<IReadOnlyList<Finding>> Of(Finding finding) => Task.FromResult<IReadOnlyList<Finding>>([finding]);
}
