using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;

namespace Flyte.MultiCluster.Tasks.Checks;

/// <summary>Turns what checks find before the first change into problems, which refuse the run, a failed cluster or a note.</summary>
/// <param name="journal">Gets the notes.</param>
/// <param name="problems">Gets the problems.</param>
internal sealed class Preflight(RunJournal journal, ProblemList problems)
{
    /// <summary>Runs checks, all at once but for those that wait for others, and then refuses the run for all that they found.</summary>
    /// <typeparam name="TContext">What the checks need of what they share.</typeparam>
    /// <param name="context">What they share.</param>
    /// <param name="checks">The checks; what they find is taken in this order. One is left out where a check that blocks it refuses, or was skipped.</param>
    /// <param name="cancellationToken">Ends them.</param>
    /// <exception cref="RefusedException">Something is wrong: all of it, as far as nothing else blocks it.</exception>
    public async Task RunAsync<TContext>(TContext context, IReadOnlyList<ISubjectCheck<TContext>> checks, CancellationToken cancellationToken)
        where TContext : CheckContext
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(checks);
        var begun = new Dictionary<string, Task<IReadOnlyList<(string Place, Finding Finding)>?>>(StringComparer.Ordinal);
        foreach (var check in checks)
            begun.Add(check.Name, FindAsync(check, [.. check.BlockedBy.Where(begun.ContainsKey).Select(name => begun[name])]));
        await Task.WhenAll(begun.Values.Cast<Task>()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var check in checks)
        {
            foreach (var (place, finding) in await begun[check.Name] ?? [])
                Take(place, finding);
        }

        problems.AddRange(context.Aws?.Unreadable ?? []);
        problems.Refuse();

        async Task<IReadOnlyList<(string Place, Finding Finding)>?> FindAsync(
            ISubjectCheck<TContext> check,
            IReadOnlyList<Task<IReadOnlyList<(string Place, Finding Finding)>?>> blockers
        )
        {
            foreach (var blocker in await Task.WhenAll(blockers))
            {
                if (blocker is null || blocker.Any(one => one.Finding is { Effect: CheckEffect.Refuses } or { Status: CheckStatus.Skipped }))
                    return null;
            }

            var found = await Task.WhenAll(check.Of(context, cancellationToken).Select(subject => FindOneAsync(context, subject)));
            return [.. found.SelectMany(one => one)];
        }
    }

    // What AWS does not let read is among what is unreadable, once for all who asked.
    private static async Task<IReadOnlyList<(string Place, Finding Finding)>> FindOneAsync(CheckContext context, CheckSubject subject)
    {
        try
        {
            return [.. (await subject.FindAsync()).Select(finding => (subject.Place, finding))];
        }
        catch (AwsException) when (context.Aws is { Unreadable.Count: > 0 })
        {
            return [];
        }
    }

    /// <summary>Takes a finding.</summary>
    /// <param name="place">What it is about, where the finding does not say.</param>
    /// <param name="finding">The finding.</param>
    /// <exception cref="InvalidOperationException">It fails the cluster.</exception>
    public void Take(string place, Finding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        switch (finding.Effect)
        {
            case CheckEffect.Refuses:
                problems.Add(Problem(place, finding));
                break;
            case CheckEffect.FailsCluster:
                throw new InvalidOperationException($"{finding.Found} {finding.Remedy}");
            case CheckEffect.Note:
                journal.Add(finding.Place is null ? $"{finding.Found} {finding.Remedy}" : finding.Text);
                break;
        }
    }

    /// <summary>A finding as a problem.</summary>
    /// <param name="place">What it is about, where the finding does not say.</param>
    /// <param name="finding">The finding.</param>
    public static Problem Problem(string place, Finding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        return new(finding.Place ?? place, finding.Found, finding.Remedy ?? string.Empty);
    }
}
