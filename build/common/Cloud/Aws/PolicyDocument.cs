using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Cloud.Aws;

/// <summary>What becomes of one statement.</summary>
/// <param name="Before">The live statement; null for a new one.</param>
/// <param name="After">The statement as it will be; null for one that goes.</param>
public sealed record StatementChange(JsonObject? Before, JsonObject? After)
{
    /// <summary>Whether it stays as it is.</summary>
    public bool IsNone => Before is not null && After is not null && ReferenceEquals(Before, After);
}

/// <summary>A policy's document with the fleet's statements in it.</summary>
/// <param name="Document">The document as it should be.</param>
/// <param name="Changes">All statements, those that stay too, in order.</param>
public record PolicyDocument(JsonObject Document, IReadOnlyList<StatementChange> Changes)
{
    /// <summary>Whether the live document has to change.</summary>
    public bool IsChanged => Changes.Any(change => !change.IsNone);

    /// <summary>How many characters IAM counts.</summary>
    public int Size => PolicyJson.Text(Document).Length;

    /// <summary>How many statements are added, changed, removed and kept, in words.</summary>
    public string Summary
    {
        get
        {
            var added = Changes.Count(change => change.Before is null);
            var removed = Changes.Count(change => change.After is null);
            var kept = Changes.Count(change => change.IsNone);
            return $"statements: {added} added, {Changes.Count - added - removed - kept} changed, {removed} removed, {kept} kept";
        }
    }

    /// <summary>The difference: each statement that goes with -, each that comes with +, one line for each that stays.</summary>
    public IEnumerable<string> Difference()
    {
        foreach (var change in Changes)
        {
            if (change.IsNone)
            {
                yield return $"  (stays) {PolicyJson.Text(change.Before!)}";
                continue;
            }

            foreach (var line in change.Before is null ? [] : PolicyJson.Lines(change.Before))
                yield return $"- {line}";
            foreach (var line in change.After is null ? [] : PolicyJson.Lines(change.After))
                yield return $"+ {line}";
        }
    }

    /// <summary>A live document with its statements changed; what else it says stays.</summary>
    /// <param name="live">The live document; null for none.</param>
    /// <param name="changes">All statements.</param>
    public static PolicyDocument Of(JsonObject? live, IReadOnlyList<StatementChange> changes)
    {
        var document = live?.DeepClone().AsObject() ?? new JsonObject { ["Version"] = "2012-10-17" };
        document["Statement"] = new JsonArray([.. changes.Select(change => change.After).OfType<JsonObject>().Select(statement => statement.DeepClone())]);
        return new PolicyDocument(document, changes);
    }
}
