using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.ExecutionLabels;

/// <summary>Takes out of the record what a run has done with, and nothing that others have written there since or may be using.</summary>
internal sealed class LabelForgetting(FlyteContext context, ControlPlaneRun control, LabelRecord record)
{
    // Another run that wrote a note may be about to delete: its note is needed until its row was put back.
    private static readonly TimeSpan InUse = TimeSpan.FromMinutes(10);

    /// <summary>Takes out rows of this fleet that it dropped and that are gone or somebody else's, and notes of rows that are there.</summary>
    /// <param name="difference">What was to be done.</param>
    /// <param name="known">The record as it was read, with the rows that this run recorded since.</param>
    /// <param name="pruned">What was pruned.</param>
    /// <param name="live">FlyteAdmin's rows, read after this run's own writes.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <returns>Whether there was anything to take out.</returns>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    public async Task<bool> RunAsync(
        LabelDifference difference,
        RecordedLabels known,
        PrunedLabels pruned,
        IReadOnlyDictionary<LabelScope, string> live,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(difference);
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(pruned);
        ArgumentNullException.ThrowIfNull(live);
        var owned = (context.Options.PruneLabels ? difference.Prunable.Concat(difference.Forgotten) : []).ToHashSet();
        var settled = known
            .Owned.Where(row =>
                row.Value is { Was: not null }
                && row.Value.Fleet == record.Fleet
                && !owned.Contains(row.Key)
                && live.GetValueOrDefault(row.Key) == row.Value.Label
            )
            .ToDictionary();
        var notes = new Dictionary<LabelScope, RestoreNote>(known.Restores);
        foreach (var (scope, note) in pruned.Notes)
            notes[scope] = note;
        var done = notes.Where(note => IsDone(note.Key, note.Value, difference, pruned, live)).ToDictionary();
        if (owned.Count + settled.Count + done.Count == 0)
            return false;

        if (context.Gate.IsOpen)
        {
            var now = await record.ReadAsync(cancellationToken);
            owned.RemoveWhere(scope => now.Owned.GetValueOrDefault(scope) != known.Owned[scope]);
            settled = settled.Where(row => now.Owned.GetValueOrDefault(row.Key) == row.Value).ToDictionary();
            done = done.Where(note => now.Restores.GetValueOrDefault(note.Key) == note.Value).ToDictionary();
        }

        await record.RemoveAsync(owned, done.Keys, settled, cancellationToken);
        return owned.Count + settled.Count + done.Count > 0;
    }

    private bool IsDone(LabelScope scope, RestoreNote note, LabelDifference difference, PrunedLabels pruned, IReadOnlyDictionary<LabelScope, string> live)
    {
        var isThisRuns = pruned.Notes.ContainsKey(scope) || difference.Restore.ContainsKey(scope);
        return pruned.Deleted.Contains(scope)
            || (live.ContainsKey(scope) && (isThisRuns || note.At is not { } at || at < control.Api.Time.GetUtcNow() - InUse));
    }
}
