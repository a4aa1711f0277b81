namespace Flyte.MultiCluster.Tasks.Checks;

/// <summary>A check of one thing, or of several that are looked at by themselves and at once.</summary>
/// <typeparam name="TContext">What the check needs of what checks share.</typeparam>
/// <param name="name">The check's name.</param>
/// <param name="what">What it checks.</param>
/// <param name="when">When it runs.</param>
/// <param name="severity">The most that it does to who is wrong.</param>
/// <param name="blockedBy">The checks without which it has no ground.</param>
internal abstract class SubjectCheck<TContext>(string name, string what, CheckTime when, CheckSeverity severity, params IReadOnlyList<string> blockedBy)
    : Check<TContext>(name, what, when, severity, blockedBy),
        ISubjectCheck<TContext>
    where TContext : CheckContext
{
    /// <inheritdoc/>
    public sealed override async Task<IReadOnlyList<CheckResult>> RunAsync(TContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (await SkippedAsync(context) is { } why)
            return await LookAsync(null, () => Task.FromResult<IReadOnlyList<Finding>>([Finding.Skipped(why)]));
        var results = await Task.WhenAll(Of(context, cancellationToken).Select(subject => LookAsync(subject.Cluster, subject.FindAsync)));
        return [.. results.SelectMany(result => result)];
    }

    /// <inheritdoc/>
    public abstract IEnumerable<CheckSubject> Of(TContext context, CancellationToken cancellationToken);

    /// <summary>Why Verify looks at nothing; null where it does.</summary>
    protected virtual Task<string?> SkippedAsync(TContext context) => Task.FromResult<string?>(null);
}
