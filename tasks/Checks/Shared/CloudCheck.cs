using Flyte.MultiCluster.Common.Cloud.Aws;

namespace Flyte.MultiCluster.Tasks.Checks.Shared;

/// <summary>A check of the account on AWS; skipped where the fleet has none, and where its login does not work.</summary>
/// <typeparam name="TContext">What the check needs of what checks share.</typeparam>
/// <param name="name">The check's name.</param>
/// <param name="what">What it checks.</param>
/// <param name="when">When it runs.</param>
/// <param name="severity">The most that it does to who is wrong.</param>
/// <param name="blockedBy">The checks without which it has no ground.</param>
internal abstract class CloudCheck<TContext>(string name, string what, CheckTime when, CheckSeverity severity, params IReadOnlyList<string> blockedBy)
    : SubjectCheck<TContext>(name, what, when, severity, blockedBy)
    where TContext : CheckContext
{
    /// <inheritdoc/>
    public sealed override IEnumerable<CheckSubject> Of(TContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Aws is { } aws ? Of(context, aws) : [];
    }

    /// <summary>What it looks at in the account.</summary>
    /// <param name="context">What the checks share.</param>
    /// <param name="aws">The account.</param>
    protected abstract IEnumerable<CheckSubject> Of(TContext context, AwsView aws);

    /// <inheritdoc/>
    protected sealed override async Task<string?> SkippedAsync(TContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Aws is null)
            return context.Run.Run.Fleet.Gcp is null ? CloudReasons.NoCloud : CloudReasons.OnGoogle;
        return await context.BlockedByAsync(null, BlockedBy) is { } blocker ? $"blocked by {blocker}" : null;
    }
}
