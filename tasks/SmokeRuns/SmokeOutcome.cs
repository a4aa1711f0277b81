namespace Flyte.MultiCluster.Tasks.SmokeRuns;

/// <summary>What a smoke run proved, and what it could not.</summary>
/// <param name="Results">What was proven and what failed, an entry an execution.</param>
/// <param name="Gaps">What no execution proved.</param>
internal sealed record SmokeOutcome(IReadOnlyList<SmokeResult> Results, IReadOnlyList<SmokeGap> Gaps);

/// <summary>A label or a cluster that a smoke run does not prove, though nothing failed.</summary>
/// <param name="What">What is not proven, and why.</param>
/// <param name="Remedy">What to do to have it proven.</param>
internal sealed record SmokeGap(string What, string Remedy)
{
    /// <summary>Both, in words.</summary>
    public override string ToString() => $"{What} {Remedy}";
}
