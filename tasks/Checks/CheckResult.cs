using Flyte.MultiCluster.Common.Problems;

namespace Flyte.MultiCluster.Tasks.Checks;

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

/// <summary>What a failed or warning finding does to a run that is about to change something.</summary>
internal enum CheckEffect
{
    /// <summary>Nothing: the run goes on, and may fix it.</summary>
    None,

    /// <summary>It is noted in the summary.</summary>
    Note,

    /// <summary>The cluster fails alone; the control plane's refuses the run.</summary>
    FailsCluster,

    /// <summary>The run is refused.</summary>
    Refuses,
}

/// <summary>What a check found.</summary>
/// <param name="Status">How it ended, for Verify.</param>
/// <param name="Found">What was found, one sentence or a few words, never holding a secret.</param>
/// <param name="Remedy">What to do; null where there is nothing to do.</param>
internal sealed record Finding(CheckStatus Status, string Found, string? Remedy = null)
{
    /// <summary>What it is about, where that is not the check's cluster: a tool, an environment variable.</summary>
    public string? Place { get; init; }

    /// <summary>What it does to a run that is about to change something.</summary>
    public CheckEffect Effect { get; init; }

    /// <summary>What was found, with the place where there is one.</summary>
    public string Text => Place is null ? Found : $"{Place}: {Found}";

    /// <summary>It is as it should be.</summary>
    public static Finding Ok(string found) => new(CheckStatus.Ok, found);

    /// <summary>It works, and yet.</summary>
    public static Finding Warning(string found, string remedy) => new(CheckStatus.Warning, found, remedy);

    /// <summary>It is wrong.</summary>
    public static Finding Failed(string found, string remedy) => new(CheckStatus.Failed, found, remedy);

    /// <summary>It is wrong, and refuses a run that is about to change something.</summary>
    public static Finding Refused(string found, string remedy) => new(CheckStatus.Failed, found, remedy) { Effect = CheckEffect.Refuses };

    /// <summary>What is wrong as a problem says it; it refuses a run that is about to change something.</summary>
    /// <param name="problem">The problem, whose place is the check's subject.</param>
    public static Finding Of(Problem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        return Refused(problem.What, problem.Remedy);
    }

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
