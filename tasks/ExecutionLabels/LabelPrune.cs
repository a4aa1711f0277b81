using System.Collections.Concurrent;
using Cake.Core.Diagnostics;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.ExecutionLabels;

/// <summary>What was pruned.</summary>
/// <param name="Deleted">The rows that were deleted.</param>
/// <param name="Notes">The notes of rows that were taken along and put back.</param>
internal sealed record PrunedLabels(IReadOnlySet<LabelScope> Deleted, IReadOnlyDictionary<LabelScope, RestoreNote> Notes)
{
    /// <summary>Nothing.</summary>
    public static PrunedLabels None { get; } = new(new HashSet<LabelScope>(), new Dictionary<LabelScope, RestoreNote>());
}

/// <summary>
/// Deletes the rows that the fleet no longer names. FlyteAdmin deletes all rows below along with one and has no condition for it: rows and record are
/// read right before, what goes along is noted before and put back after, also when the run is interrupted between.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="admin">FlyteAdmin.</param>
/// <param name="record">The record.</param>
/// <param name="writes">Deletes, and puts back.</param>
internal sealed class LabelPrune(FlyteContext context, IFlyteAdmin admin, LabelRecord record, LabelWrites writes)
{
    // Ctrl+C has ended the run's own token; the operator waits for this.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private const int Rounds = 5;

    private readonly HashSet<LabelScope> _deleted = [];
    private readonly Dictionary<LabelScope, RestoreNote> _notes = [];

    private string Control => context.Run.ControlPlane.Name;

    /// <summary>Deletes the prunable rows that are still this fleet's, a level at a time.</summary>
    /// <param name="difference">What is to be done.</param>
    /// <param name="recorded">The record as it was read; with the gate closed it stays so.</param>
    /// <param name="cancellationToken">Cancels the deletions, never between one and what it makes necessary.</param>
    /// <exception cref="InvalidOperationException">Some were not deleted, or not put back: all of them are named.</exception>
    /// <exception cref="FlyteAdminException">FlyteAdmin refused, or did not answer.</exception>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    public async Task<PrunedLabels> RunAsync(LabelDifference difference, RecordedLabels recorded, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(difference);
        ArgumentNullException.ThrowIfNull(recorded);
        var planned = new Dictionary<LabelScope, string>(difference.After);
        foreach (var scope in difference.Prunable)
            planned[scope] = recorded.Owned[scope].Label;
        foreach (var level in difference.Prunable.GroupBy(scope => (scope.Domain is null, scope.Workflow is null)))
        {
            await LevelAsync([.. level], planned, recorded, cancellationToken);
            foreach (var scope in level)
                planned.Remove(scope);
        }

        return new PrunedLabels(_deleted, _notes);
    }

    private async Task LevelAsync(LabelScope[] level, Dictionary<LabelScope, string> planned, RecordedLabels recorded, CancellationToken cancellationToken)
    {
        var (scopes, rows, along) = await NoteAsync(level, planned, recorded, cancellationToken);
        using var patience = new CancellationTokenSource();
        await using var interrupted = cancellationToken.Register(() => patience.CancelAfter(Patience));
        var sent = new ConcurrentBag<LabelScope>();
        IReadOnlyDictionary<LabelScope, string> failed = new Dictionary<LabelScope, string>();
        try
        {
            failed = await writes.DeleteAsync(scopes, rows, along, sent, patience.Token, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // What was deleted along is put back first.
        }

        var missing = await PutBackAsync(sent, along, patience.Token);
        if (cancellationToken.IsCancellationRequested && missing is not null)
        {
            context.Log.Error("[{0}] {1}", Control, missing);
            context.Journal.Add(missing);
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (failed.Count > 0 || missing is not null)
            throw new InvalidOperationException(
                string.Join(' ', new[] { failed.Count > 0 ? $"{LabelWrites.Describe("deleted", failed)} Run again." : null, missing }.OfType<string>())
            );
        _deleted.UnionWith(scopes);
    }

    // Others may add and change rows while the notes are written: it is done when nothing is new.
    private async Task<(LabelScope[] Scopes, IReadOnlyDictionary<LabelScope, string> Rows, Dictionary<LabelScope, string> Along)> NoteAsync(
        LabelScope[] level,
        Dictionary<LabelScope, string> planned,
        RecordedLabels recorded,
        CancellationToken cancellationToken
    )
    {
        var noted = new Dictionary<LabelScope, string>();
        for (var round = 0; round < Rounds; round++)
        {
            IReadOnlyDictionary<LabelScope, string> rows = planned;
            if (context.Gate.IsOpen)
            {
                recorded = await record.ReadAsync(cancellationToken);
                rows = await admin.ExecutionLabelsAsync(cancellationToken);
            }

            LabelScope[] scopes = [.. level.Where(scope => IsStillOurs(scope, rows, recorded))];
            var along = rows.Where(row => scopes.Any(scope => scope.Covers(row.Key))).ToDictionary();
            var isNew = along.Where(row => noted.GetValueOrDefault(row.Key) != row.Value).ToDictionary();
            if (isNew.Count == 0)
                return (scopes, rows, along);
            foreach (var (scope, note) in await record.NoteAsync(isNew, cancellationToken))
                (noted[scope], _notes[scope]) = (note.Label, note);
        }

        throw new InvalidOperationException(
            $"The labels below {string.Join(", ", level.AsEnumerable())} keep changing, and FlyteAdmin would delete them too: none of these "
                + "was deleted. Somebody else is writing them: run again."
        );
    }

    private bool IsStillOurs(LabelScope scope, IReadOnlyDictionary<LabelScope, string> rows, RecordedLabels recorded)
    {
        if (!rows.TryGetValue(scope, out var live) || !recorded.Owned.TryGetValue(scope, out var owned) || owned.Fleet != record.Fleet)
            return false;
        if (!owned.Is(live))
            context.Journal.Add(LabelUpdate.Keeps(scope, live, owned));
        return owned.Is(live);
    }

    // Also a deletion without an answer may have been done.
    private async Task<string?> PutBackAsync(ConcurrentBag<LabelScope> sent, Dictionary<LabelScope, string> along, CancellationToken patience)
    {
        var rows = along.Where(row => sent.Any(scope => scope.Covers(row.Key))).ToDictionary();
        if (rows.Count == 0)
            return null;
        try
        {
            var live = await admin.ExecutionLabelsAsync(patience);
            rows = rows.Where(row => !live.ContainsKey(row.Key)).ToDictionary();
            var failed = await writes.PutBackAsync(rows, "FlyteAdmin deleted it along with another", patience);
            return failed.Count == 0
                ? null
                : Missing(
                    sent,
                    rows.Where(row => failed.ContainsKey(row.Key)),
                    row => $"{row.Key} ({row.Value}): {failed[row.Key].TrimEnd('.')}",
                    "deleted",
                    failed.Count
                );
        }
        catch (Exception exception) when (exception is FlyteAdminException or OperationCanceledException)
        {
            return $"{Missing(sent, rows, row => $"{row.Key} ({row.Value})", "may have deleted", rows.Count)} {exception.Message}";
        }
    }

    private static string Missing(
        ConcurrentBag<LabelScope> sent,
        IEnumerable<KeyValuePair<LabelScope, string>> rows,
        Func<KeyValuePair<LabelScope, string>, string> format,
        string deleted,
        int count
    )
    {
        var lines = rows.OrderBy(row => row.Key.ToString(), StringComparer.Ordinal).ToArray();
        var by = sent.Where(scope => lines.Any(row => scope.Covers(row.Key))).Select(scope => scope.ToString()).Order(StringComparer.Ordinal);
        return count == 1
            ? $"FlyteAdmin {deleted} 1 label along with {string.Join(", ", by)}, and it was not restored: {format(lines[0])}. The record keeps it. "
                + "The next run restores it, with or without --prune-labels."
            : $"FlyteAdmin {deleted} {count} labels along with {string.Join(", ", by)}, and they were not restored: "
                + $"{string.Join("; ", lines.Select(format))}. The record keeps them. The next run restores them, with or without --prune-labels.";
    }
}
