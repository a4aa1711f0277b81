using Flyte.MultiCluster.Tasks.Checks;

namespace Flyte.MultiCluster.Tasks.Verification;

/// <summary>All results of a verification.</summary>
/// <param name="Results">The results: checks in their order, clusters in the fleet's.</param>
/// <param name="Elapsed">How long all of them took together.</param>
public sealed record VerifyResults(IReadOnlyList<CheckResult> Results, TimeSpan Elapsed)
{
    /// <summary>Whether a check failed.</summary>
    public bool HasFailed => Count(CheckStatus.Failed) > 0;

    /// <summary>How many results have a status.</summary>
    public int Count(CheckStatus status) => Results.Count(result => result.Status == status);
}
