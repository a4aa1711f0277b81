using Flyte.MultiCluster.Common.Fleets;

namespace Flyte.MultiCluster.Tasks.ExecutionLabels;

/// <summary>Which row FlyteAdmin takes (resource_repo.go: a workflow's before its domain's before its project's).</summary>
internal static class LabelRows
{
    /// <summary>The row that rules for an execution without a label of its own; null when none does.</summary>
    public static ScopedLabel? BestMatch(IReadOnlyDictionary<LabelScope, string> rows, string project, string domain, string workflow)
    {
        ArgumentNullException.ThrowIfNull(rows);
        foreach (var scope in new[] { new LabelScope(project, domain, workflow), new LabelScope(project, domain), new LabelScope(project) })
        {
            if (rows.TryGetValue(scope, out var label))
                return new ScopedLabel(scope, label);
        }

        return null;
    }
}

/// <summary>A row.</summary>
/// <param name="Scope">What it is for.</param>
/// <param name="Label">Its label.</param>
internal sealed record ScopedLabel(LabelScope Scope, string Label);
