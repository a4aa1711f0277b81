using Flyte.MultiCluster.Common.Cloud.Aws;

namespace Flyte.MultiCluster.Tasks.Checks.Shared;

/// <summary>A check of the account on AWS; skipped where the fleet has none, and where its login does not work.</summary>
/// <typeparam name="TContext">What the check needs of what checks share.</typeparam>
/// <param name="name">The check's name.</param>
/// <param name="when">When it runs.</param>
/// <param name="blockedBy">The checks without which it has no ground.</param>
internal abstract class CloudCheck<TContext>(string name, CheckTime when, params IReadOnlyList<string> blockedBy) : Check<TContext>(name, when, blockedBy)
    where TContext : CheckContext
{
    /// <inheritdoc/>
    public sealed override async Task<IReadOnlyList<CheckResult>> RunAsync(TContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Aws is not { } aws)
            return await SkippedAsync(context.Run.Run.Fleet.Gcp is null ? CloudReasons.NoCloud : CloudReasons.OnGoogle);
        if (await context.BlockedByAsync(null, BlockedBy) is { } blocker)
            return await SkippedAsync($"blocked by {blocker}");
        return await LookAsync(context, aws);
    }

    /// <summary>Looks at the account.</summary>
    /// <param name="context">What the checks share.</param>
    /// <param name="aws">The account.</param>
    protected abstract Task<IReadOnlyList<CheckResult>> LookAsync(TContext context, AwsView aws);

    private Task<IReadOnlyList<CheckResult>> SkippedAsync(string why) => LookAsync(null, () => Task.FromResult<IReadOnlyList<Finding>>([Finding.Skipped(why)]));
}
