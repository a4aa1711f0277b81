using Flyte.MultiCluster.Common.Differences;

namespace Flyte.MultiCluster.Build;

/// <summary>The plan of a run with the gate closed.</summary>
internal sealed class PlanState
{
    /// <summary>The plan; null where the run ended before it was known.</summary>
    public ChangePlan? Plan { get; set; }

    /// <summary>The clusters with changes that could not be known.</summary>
    public IReadOnlySet<string> KnownAfterApply { get; set; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>What the summary says beside the plan: kept entries, warnings.</summary>
    public IReadOnlyList<string> Notes { get; set; } = [];

    /// <summary>The command that makes the changes; null where there are none.</summary>
    public string? Next { get; set; }

    /// <summary>Whether the plan is the one of <c>--expect</c>.</summary>
    public bool IsExpected { get; set; }
}
