using Flyte.MultiCluster.Fleets;

namespace Flyte.MultiCluster.ExecutionLabels;

/// <summary>What is to be done for FlyteAdmin's rows to be as the fleet wants them; computed, nothing is written.</summary>
/// <param name="Set">Rows that the fleet names and that are not so.</param>
/// <param name="Restore">Rows that an interrupted run deleted along with others, and that the fleet does not name.</param>
/// <param name="Prunable">Rows that this tool set, are still so, and the fleet no longer names.</param>
/// <param name="TakenAlong">Rows that FlyteAdmin deletes together with the prunable ones and that are to stay, as they will be.</param>
/// <param name="Changed">Rows that this tool set, the fleet no longer names and somebody changed since, as they are now.</param>
/// <param name="Forgotten">Recorded rows that the fleet no longer names and that are not this tool's any more: changed, or gone.</param>
public sealed record LabelDifference(
    IReadOnlyDictionary<LabelScope, string> Set,
    IReadOnlyDictionary<LabelScope, string> Restore,
    IReadOnlyList<LabelScope> Prunable,
    IReadOnlyDictionary<LabelScope, string> TakenAlong,
    IReadOnlyDictionary<LabelScope, string> Changed,
    IReadOnlyList<LabelScope> Forgotten)
{
    /// <summary>Compares.</summary>
    /// <param name="wanted">The fleet's rows.</param>
    /// <param name="live">FlyteAdmin's rows, none inherited.</param>
    /// <param name="recorded">The record.</param>
    /// <param name="held">Rows of the fleet that are left as they are for now.</param>
    public static LabelDifference Of(IReadOnlyDictionary<LabelScope, string> wanted, IReadOnlyDictionary<LabelScope, string> live, RecordedLabels recorded, IReadOnlySet<LabelScope> held)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        ArgumentNullException.ThrowIfNull(live);
        ArgumentNullException.ThrowIfNull(held);
        ArgumentNullException.ThrowIfNull(recorded);
        var dropped = recorded.Owned.Where(row => !wanted.ContainsKey(row.Key)).ToArray();

        // Workflows before their domain, domains before their project: then nothing is taken along that goes anyway.
        LabelScope[] prunable = [.. dropped.Where(row => live.GetValueOrDefault(row.Key) == row.Value).Select(row => row.Key).OrderByDescending(Depth).ThenBy(scope => scope.ToString(), StringComparer.Ordinal)];
        var restore = Where(recorded.Restores, row => !wanted.ContainsKey(row.Key) && !live.ContainsKey(row.Key));
        var staying = new Dictionary<LabelScope, string>(live);
        foreach (var (scope, label) in restore.Concat(wanted.Where(row => !held.Contains(row.Key))))
            staying[scope] = label;
        foreach (var scope in prunable)
            staying.Remove(scope);
        return new LabelDifference(
            Where(wanted, row => !held.Contains(row.Key) && live.GetValueOrDefault(row.Key) != row.Value),
            restore,
            prunable,
            Where(staying, row => prunable.Any(scope => scope.Covers(row.Key))),
            Where(live, row => dropped.Any(old => old.Key == row.Key && old.Value != row.Value)),
            [.. dropped.Select(row => row.Key).Except(prunable)]);
    }

    private static int Depth(LabelScope scope) => scope.Workflow is not null ? 2 : scope.Domain is not null ? 1 : 0;

    private static Dictionary<LabelScope, string> Where(IReadOnlyDictionary<LabelScope, string> rows, Func<KeyValuePair<LabelScope, string>, bool> isOne)
        => rows.Where(isOne).ToDictionary();
}
