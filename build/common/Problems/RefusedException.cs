namespace Flyte.MultiCluster.Common.Problems;

/// <summary>
/// The run is refused before anything was touched (exit code 3): fleet, options, tools, reachability or permissions.
/// Carries every problem found, not only the first.
/// </summary>
public sealed class RefusedException : Exception
{
    /// <summary>Refuses the run for the given problems.</summary>
    /// <param name="problems">Everything that is wrong; at least one.</param>
    public RefusedException(IReadOnlyList<Problem> problems)
        : base(problems.Count == 1 ? "Refused, 1 problem; nothing was changed." : $"Refused, {problems.Count} problems; nothing was changed.") =>
        Problems = problems;

    /// <summary>Everything that is wrong, in the order it was found.</summary>
    public IReadOnlyList<Problem> Problems { get; }
}
