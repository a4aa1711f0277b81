namespace Flyte.MultiCluster.Tasks.Verification;

/// <summary>How a check ended.</summary>
public enum CheckStatus
{
    /// <summary>It is as it should be.</summary>
    Ok,

    /// <summary>It works and will not for ever, or is not as it should be without harm.</summary>
    Warning,

    /// <summary>It is wrong.</summary>
    Failed,

    /// <summary>There is no result before something else, which another check names, is fixed.</summary>
    Skipped,
}

/// <summary>What a check found.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Found">What was found, one sentence or a few words, never holding a secret.</param>
/// <param name="Remedy">What to do; null where there is nothing to do.</param>
internal sealed record Finding(CheckStatus Status, string Found, string? Remedy = null)
{
    /// <summary>It is as it should be.</summary>
    public static Finding Ok(string found) => new(CheckStatus.Ok, found);

    /// <summary>It works, and yet.</summary>
    public static Finding Warning(string found, string remedy) => new(CheckStatus.Warning, found, remedy);

    /// <summary>It is wrong.</summary>
    public static Finding Failed(string found, string remedy) => new(CheckStatus.Failed, found, remedy);

    /// <summary>It could not be checked.</summary>
    public static Finding Skipped(string why) => new(CheckStatus.Skipped, why);
}

/// <summary>One result of a check.</summary>
/// <param name="Check">The check's name.</param>
/// <param name="Cluster">The cluster that it is about, by its fleet name or its name in clusterConfigs; null where it is about none.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Found">What was found; holds no secret.</param>
/// <param name="Remedy">What to do; null where there is nothing to do.</param>
/// <param name="Duration">How long it took, waiting for what it shares with other checks included.</param>
public sealed record CheckResult(string Check, string? Cluster, CheckStatus Status, string Found, string? Remedy, TimeSpan Duration);

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
