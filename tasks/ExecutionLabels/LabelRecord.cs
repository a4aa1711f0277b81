using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.ExecutionLabels;

/// <summary>
/// The ConfigMap that records which rows of FlyteAdmin this tool set, and for which fleet: one key per row. There is no state file, and
/// FlyteAdmin's rows have no room for a mark.
/// </summary>
internal sealed class LabelRecord(FlyteContext context, ControlPlaneRun control)
{
    /// <summary>The ConfigMap's name.</summary>
    public const string Name = "flyte-multicluster-execution-labels";

    private readonly RecordMap _map = new(context.Run, Name);

    /// <summary>The fleet's identity in the entries: its file's name without folder and extension.</summary>
    public string Fleet { get; } = System.IO.Path.GetFileNameWithoutExtension(context.Run.Fleet.Path);

    /// <summary>A row's key: a workflow's name may be longer than a key, and hold what no key may.</summary>
    /// <param name="scope">What the row is for.</param>
    public static string Key(LabelScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(scope.ToString())))[..32];
    }

    /// <summary>Reads the record; empty where there is none.</summary>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<RecordedLabels> ReadAsync(CancellationToken cancellationToken) => RecordedLabels.Of(await _map.ReadAsync(cancellationToken));

    /// <summary>Records rows as this fleet's, in one patch; nothing where all are.</summary>
    /// <param name="recorded">The record as it was read.</param>
    /// <param name="rows">The rows that this run is about to set.</param>
    /// <param name="live">The rows as they are.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The rows that this tool set, as they are recorded now.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<IReadOnlyDictionary<LabelScope, OwnedLabel>> ClaimAsync(
        RecordedLabels recorded,
        IReadOnlyDictionary<LabelScope, string> rows,
        IReadOnlyDictionary<LabelScope, string> live,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(recorded);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(live);
        var (owned, data) = (new Dictionary<LabelScope, OwnedLabel>(recorded.Owned), new JsonObject());
        foreach (var (scope, label) in rows)
        {
            var (before, now) = (recorded.Owned.GetValueOrDefault(scope), live.GetValueOrDefault(scope));
            owned[scope] = new OwnedLabel(label, before?.Fleet == Fleet && before.Is(now) ? now : null, Fleet);
            if (owned[scope] != before)
                data[Key(scope)] = RecordedLabels.Value(scope, owned[scope]);
        }

        await _map.PatchAsync(data, $"record {Count(data.Count)} before {(data.Count == 1 ? "it is" : "they are")} set", context.Gate, cancellationToken);
        return owned;
    }

    /// <summary>Notes rows that a deletion will take along, in one patch; nothing where there are none.</summary>
    /// <returns>The notes.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<IReadOnlyDictionary<LabelScope, RestoreNote>> NoteAsync(IReadOnlyDictionary<LabelScope, string> rows, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var now = control.Api.Time.GetUtcNow();
        var notes = rows.ToDictionary(row => row.Key, row => new RestoreNote(row.Value, now));
        var data = new JsonObject(
            notes.Select(note => KeyValuePair.Create(RecordedLabels.Restore + Key(note.Key), (JsonNode?)RecordedLabels.Value(note.Key, note.Value)))
        );
        await _map.PatchAsync(
            data,
            $"record {Count(data.Count)} before {(data.Count == 1 ? "it is" : "they are")} deleted with another",
            context.Gate,
            cancellationToken
        );
        return notes;
    }

    /// <summary>Takes out of the record what is done with, in one patch; nothing where there is none.</summary>
    /// <param name="owned">The rows that are no longer this tool's.</param>
    /// <param name="notes">The notes whose rows are back.</param>
    /// <param name="settled">Rows that are known to be set: what this tool had set before is no longer its own.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public Task RemoveAsync(
        IEnumerable<LabelScope> owned,
        IEnumerable<LabelScope> notes,
        IReadOnlyDictionary<LabelScope, OwnedLabel> settled,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(settled);
        var data = new JsonObject(
            owned.Select(Key).Concat(notes.Select(scope => RecordedLabels.Restore + Key(scope))).Select(key => KeyValuePair.Create(key, (JsonNode?)null))
        );
        var forgotten = data.Count;
        foreach (var (scope, entry) in settled)
            data[Key(scope)] = RecordedLabels.Value(scope, entry with { Was = null });
        var details = new[] { forgotten > 0 ? $"forget {Count(forgotten)}" : null, settled.Count > 0 ? $"{Count(settled.Count)} set" : null };
        return _map.PatchAsync(data, string.Join(", ", details.OfType<string>()), context.Gate, cancellationToken);
    }

    private static string Count(int count) => $"{count} label{(count == 1 ? string.Empty : "s")}";
}
