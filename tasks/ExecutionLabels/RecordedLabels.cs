using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Fleets;

namespace Flyte.MultiCluster.Tasks.ExecutionLabels;

/// <summary>A label that this tool set.</summary>
/// <param name="Label">The label as it was, or was about to be, set.</param>
/// <param name="Was">What this tool had set before, until the new one is known to be there; null for nothing.</param>
/// <param name="Fleet">The fleet that named it; null where an older version recorded it.</param>
internal sealed record OwnedLabel(string Label, string? Was, string? Fleet)
{
    /// <summary>Whether a row is as this tool set it: a write that failed leaves the former label.</summary>
    /// <param name="live">The row's label; null where there is no row.</param>
    public bool Is(string? live) => live is not null && (live == Label || live == Was);
}

/// <summary>A note of a label that a deletion takes along and that is to stay.</summary>
/// <param name="Label">The label.</param>
/// <param name="At">When it was noted; null where an older version noted it.</param>
internal sealed record RestoreNote(string Label, DateTimeOffset? At);

/// <summary>What the record says: which labels this tool set, and which it must put back.</summary>
/// <param name="Owned">The labels that this tool set, those of all fleets.</param>
/// <param name="Restores">The labels that a deletion takes along and that are to stay.</param>
/// <param name="Exists">Whether the ConfigMap is there.</param>
internal sealed record RecordedLabels(IReadOnlyDictionary<LabelScope, OwnedLabel> Owned, IReadOnlyDictionary<LabelScope, RestoreNote> Restores, bool Exists)
{
    internal const string Restore = "restore-";

    /// <summary>What a ConfigMap says; entries that are not this tool's are passed over.</summary>
    /// <param name="map">The ConfigMap; null where there is none.</param>
    public static RecordedLabels Of(JsonObject? map)
    {
        var (owned, restores) = (new Dictionary<LabelScope, OwnedLabel>(), new Dictionary<LabelScope, RestoreNote>());
        foreach (var (key, value) in map?["data"] as JsonObject ?? [])
        {
            if (Entry((string?)value) is not { } entry || !key.EndsWith(LabelRecord.Key(entry.Scope), StringComparison.Ordinal))
                continue;
            if (key.StartsWith(Restore, StringComparison.Ordinal))
                restores[entry.Scope] = new RestoreNote(entry.Label, entry.At);
            else
                owned[entry.Scope] = new OwnedLabel(entry.Label, entry.Was, entry.Fleet);
        }

        return new RecordedLabels(owned, restores, map is not null);
    }

    internal static string Value(LabelScope scope, OwnedLabel owned) => Value(scope, owned.Label, ("was", owned.Was), ("fleet", owned.Fleet));

    internal static string Value(LabelScope scope, RestoreNote note) => Value(scope, note.Label, ("at", note.At?.ToString("O", CultureInfo.InvariantCulture)));

    private static string Value(LabelScope scope, string label, params (string Name, string? Value)[] more)
    {
        var entry = new JsonObject
        {
            ["project"] = scope.Project,
            ["domain"] = scope.Domain,
            ["workflow"] = scope.Workflow,
            ["label"] = label,
        };
        foreach (var (name, value) in more.Where(one => one.Value is not null))
            entry[name] = value;
        return entry.ToJsonString();
    }

    private static (LabelScope Scope, string Label, string? Was, string? Fleet, DateTimeOffset? At)? Entry(string? text)
    {
        try
        {
            return JsonNode.Parse(text ?? string.Empty) is JsonObject row && (string?)row["project"] is { } project && (string?)row["label"] is { } label
                ? (
                    new LabelScope(project, (string?)row["domain"], (string?)row["workflow"]),
                    label,
                    (string?)row["was"],
                    (string?)row["fleet"],
                    Time((string?)row["at"])
                )
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time) ? time : null;
}
