namespace Flyte.MultiCluster.Tasks.Verification;

/// <summary>One named check. It reads and never writes.</summary>
internal interface IVerifyCheck
{
    /// <summary>Its name, kebab-case: a contract with scripts, listed in docs/operations.md.</summary>
    string Name { get; }

    /// <summary>Runs the check.</summary>
    /// <param name="context">What all checks share.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>One result or more, in the fleet's order.</returns>
    Task<IReadOnlyList<CheckResult>> RunAsync(VerifyContext context, CancellationToken cancellationToken);
}
