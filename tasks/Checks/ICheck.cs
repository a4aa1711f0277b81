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

/// <summary>What is known of a check before it runs. It reads and never writes.</summary>
internal interface ICheck
{
    /// <summary>Its name, kebab-case: a contract with scripts, listed in docs/operations.md.</summary>
    string Name { get; }

    /// <summary>When it runs.</summary>
    CheckTime When { get; }

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
