using Flyte.MultiCluster.Common.Fleets;

namespace Flyte.MultiCluster.Tasks.ExecutionLabels;

/// <summary>What is to be done for FlyteAdmin's rows to be as the fleet wants them; computed, nothing is written.</summary>
/// <param name="Set">Rows that the fleet names and that are not so.</param>
/// <param name="Restore">Rows that an interrupted run deleted along with others, and that the fleet does not set.</param>
/// <param name="Prunable">Rows that this tool set for this fleet, are still so, and the fleet no longer names; workflows before their domain, domains before
/// their project.</param>
/// <param name="After">All rows as they will be without the prunable ones.</param>
/// <param name="Changed">Rows that this tool set for this fleet, the fleet no longer names and somebody changed since, as they are now.</param>
/// <param name="Forgotten">Rows recorded for this fleet that it no longer names and that are not this tool's any more: changed, or gone.</param>
/// <param name="Unclaimed">Rows that are as an older version recorded them, without a fleet, and that this one does not name.</param>
internal sealed record LabelDifference(
    IReadOnlyDictionary<LabelScope, string> Set,
    IReadOnlyDictionary<LabelScope, string> Restore,
    IReadOnlyList<LabelScope> Prunable,
    IReadOnlyDictionary<LabelScope, string> After,
    IReadOnlyDictionary<LabelScope, string> Changed,
    IReadOnlyList<LabelScope> Forgotten,
    IReadOnlyDictionary<LabelScope, string> Unclaimed
)
{
    /// <summary>Compares.</summary>
    /// <param name="wanted">The fleet's rows.</param>
    /// <param name="live">FlyteAdmin's rows, none inherited.</param>
    /// <param name="recorded">The record.</param>
    /// <param name="held">Rows of the fleet that are left as they are for now.</param>
    /// <param name="fleet">The fleet's identity in the record.</param>
    public static LabelDifference Of(
        IReadOnlyDictionary<LabelScope, string> wanted,
        IReadOnlyDictionary<LabelScope, string> live,
        RecordedLabels recorded,
        IReadOnlySet<LabelScope> held,
        string fleet
    )
    {
        ArgumentNullException.ThrowIfNull(wanted);
        ArgumentNullException.ThrowIfNull(live);
        ArgumentNullException.ThrowIfNull(held);
        ArgumentNullException.ThrowIfNull(recorded);
        var dropped = recorded.Owned.Where(row => row.Value.Fleet == fleet && !wanted.ContainsKey(row.Key)).ToArray();
        var set = Where(wanted, row => !held.Contains(row.Key) && live.GetValueOrDefault(row.Key) != row.Value);
        var restore = recorded
            .Restores.Where(note => !live.ContainsKey(note.Key) && !set.ContainsKey(note.Key))
            .ToDictionary(note => note.Key, note => note.Value.Label);
        var after = new Dictionary<LabelScope, string>(live);
        foreach (var (scope, label) in restore.Concat(set))
            after[scope] = label;

        // Workflows before their domain, domains before their project: then nothing is taken along that goes anyway.
        LabelScope[] prunable =
        [
            .. dropped
                .Where(row => row.Value.Is(after.GetValueOrDefault(row.Key)))
                .Select(row => row.Key)
                .OrderByDescending(Depth)
                .ThenBy(scope => scope.ToString(), StringComparer.Ordinal),
        ];
        foreach (var scope in prunable)
            after.Remove(scope);
        return new LabelDifference(
            set,
            restore,
            prunable,
            after,
            Where(live, row => dropped.Any(old => old.Key == row.Key && !old.Value.Is(row.Value))),
            [.. dropped.Select(row => row.Key).Except(prunable)],
            Where(live, row => !wanted.ContainsKey(row.Key) && recorded.Owned.TryGetValue(row.Key, out var old) && old.Fleet is null && old.Is(row.Value))
        );
    }

    private static int Depth(LabelScope scope) =>
        scope.Workflow is not null ? 2
        : scope.Domain is not null ? 1
        : 0;

    private static Dictionary<LabelScope, string> Where(IReadOnlyDictionary<LabelScope, string> rows, Func<KeyValuePair<LabelScope, string>, bool> isOne) =>
        rows.Where(isOne).ToDictionary();
}
