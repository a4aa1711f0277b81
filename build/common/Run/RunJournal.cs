namespace Flyte.MultiCluster.Common.Run;

/// <summary>How a stage ended for a cluster.</summary>
public enum StageStatus
{
    /// <summary>It did what it is for.</summary>
    Done,

    /// <summary>There was nothing to do; the note says why.</summary>
    Skipped,

    /// <summary>It failed; the cluster is left out of later stages.</summary>
    Failed,

    /// <summary>With the gate closed: it cannot be known before earlier changes are made.</summary>
    Unknown,
}

/// <summary>One stage of one cluster.</summary>
/// <param name="Name">The task's name.</param>
/// <param name="Cluster">The cluster's fleet name; null for a stage of the whole run.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Note">Why it was skipped or failed; null otherwise.</param>
public sealed record StageEntry(string Name, string? Cluster, StageStatus Status, TimeSpan Duration, string? Note);

/// <summary>What happened in a run, for the summary and the report. Thread-safe.</summary>
public sealed class RunJournal
{
    private readonly Lock _gate = new();
    private readonly List<StageEntry> _stages = [];
    private readonly List<string> _notes = [];

    /// <summary>The tasks that have nothing to do for this fleet, which was said once at the beginning.</summary>
    public IReadOnlySet<string> Idle { get; set; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>All stages that ended, in order.</summary>
    public IReadOnlyList<StageEntry> Stages
    {
        get
        {
            lock (_gate)
                return [.. _stages];
        }
    }

    /// <summary>Things that the summary should say: entries kept, warnings.</summary>
    public IReadOnlyList<string> Notes
    {
        get
        {
            lock (_gate)
                return [.. _notes];
        }
    }

    /// <summary>Notes a stage's end.</summary>
    public void Add(StageEntry entry)
    {
        lock (_gate)
            _stages.Add(entry);
    }

    /// <summary>Notes something for the summary, once.</summary>
    public void Add(string note)
    {
        lock (_gate)
        {
            if (!_notes.Contains(note, StringComparer.Ordinal))
                _notes.Add(note);
        }
    }
}
