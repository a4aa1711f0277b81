namespace Flyte.MultiCluster.Tasks.Checks;

/// <summary>When a check runs.</summary>
[Flags]
internal enum CheckTime
{
    /// <summary>Before the first change of a run: what it finds refuses the run, fails a cluster or is noted.</summary>
    BeforeChange = 1,

    /// <summary>In Verify: what it finds is printed.</summary>
    Verify = 2,

    /// <summary>In both.</summary>
    Both = BeforeChange | Verify,
}

/// <summary>The most that a finding of a check does.</summary>
internal enum CheckSeverity
{
    /// <summary>It is a warning.</summary>
    Warns,

    /// <summary>It fails Verify; a run that is about to change something goes on, and may fix it.</summary>
    Fails,

    /// <summary>Before a change it fails its cluster alone; the control plane's refuses the run.</summary>
    FailsCluster,

    /// <summary>Before a change it refuses the run.</summary>
    Refuses,
}

/// <summary>What is known of a check before it runs. It reads and never writes.</summary>
internal interface ICheck
{
    /// <summary>Its name, kebab-case: a contract with scripts, listed in docs/operations.md.</summary>
    string Name { get; }

    /// <summary>What it checks, in the words with which its row in docs/operations.md begins.</summary>
    string What { get; }

    /// <summary>When it runs.</summary>
    CheckTime When { get; }

    /// <summary>The most that it does to who is wrong.</summary>
    CheckSeverity Severity { get; }

    /// <summary>The names of the checks without which it has no ground, for the same subject: it is skipped where one of them failed.</summary>
    IReadOnlyList<string> BlockedBy { get; }
}

/// <summary>A check that can run.</summary>
/// <typeparam name="TContext">What it needs of what checks share.</typeparam>
internal interface ICheck<in TContext> : ICheck
    where TContext : CheckContext
{
    /// <summary>Runs the check.</summary>
    /// <param name="context">What all checks share.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>One result or more, in the fleet's order.</returns>
    Task<IReadOnlyList<CheckResult>> RunAsync(TContext context, CancellationToken cancellationToken);
}

/// <summary>One thing that a check looks at by itself.</summary>
/// <param name="Place">What a problem is about, where the finding does not say.</param>
/// <param name="Cluster">The cluster that results are about; null for none.</param>
/// <param name="FindAsync">Looks.</param>
internal sealed record CheckSubject(string Place, string? Cluster, Func<Task<IReadOnlyList<Finding>>> FindAsync);

/// <summary>A check whose subjects can be looked at one by one, as the preflight does.</summary>
/// <typeparam name="TContext">What it needs of what checks share.</typeparam>
internal interface ISubjectCheck<in TContext> : ICheck<TContext>
    where TContext : CheckContext
{
    /// <summary>What it looks at; nothing is read yet.</summary>
    /// <param name="context">What all checks share.</param>
    /// <param name="cancellationToken">Ends the looks.</param>
    IEnumerable<CheckSubject> Of(TContext context, CancellationToken cancellationToken);
}
