using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Cloud.Aws;

/// <summary>A role's trust policy with the fleet's clusters in it.</summary>
/// <param name="Document">The document as it should be.</param>
/// <param name="Changes">All statements, those that stay too, in order.</param>
/// <param name="Notes">What is suspicious about the statements that stay.</param>
public sealed record TrustDocument(JsonObject Document, IReadOnlyList<StatementChange> Changes, IReadOnlyList<string> Notes) : PolicyDocument(Document, Changes)
{
    /// <summary>
    /// Merges the wanted clusters into a live document. The statements of wanted clusters become exact, in their place; new ones come last, in the fleet's
    /// order; all others stay; of several that mean the same the first stays.
    /// </summary>
    /// <param name="live">The live document; null for none.</param>
    /// <param name="wanted">The clusters that the role trusts.</param>
    /// <param name="account">The own account, for the notes.</param>
    public static TrustDocument Merge(JsonObject? live, IReadOnlyList<TrustedCluster> wanted, string account)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        var missing = wanted.DistinctBy(cluster => cluster.Provider, StringComparer.Ordinal).ToDictionary(cluster => cluster.Provider, StringComparer.Ordinal);
        var known = missing.Keys.ToHashSet(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var changes = new List<StatementChange>();
        foreach (var statement in live is null ? [] : PolicyJson.Statements(live))
        {
            if (TrustStatement.Provider(statement) is { } provider && known.Contains(provider))
                changes.Add(new StatementChange(statement, missing.Remove(provider, out var cluster) ? Exact(statement, cluster) : null));
            else
                changes.Add(new StatementChange(statement, seen.Add(TrustStatement.Meaning(statement)) ? statement : null));
        }

        changes.AddRange(wanted.Where(cluster => missing.Remove(cluster.Provider)).Select(cluster => new StatementChange(null, cluster.Statement())));
        var notes = changes
            .Select(change => change.After)
            .OfType<JsonObject>()
            .SelectMany(statement => TrustStatement.Defects(statement, account).Select(what => $"{what}: {PolicyJson.Text(statement)}"));
        return new TrustDocument(Of(live, changes).Document, changes, [.. notes]);
    }

    /// <summary>A live document without the statements of some providers; a statement that names others too stays, and so does the last one.</summary>
    /// <param name="live">The live document.</param>
    /// <param name="providers">The ARNs of the providers.</param>
    public static TrustDocument Without(JsonObject live, IReadOnlyCollection<string> providers)
    {
        ArgumentNullException.ThrowIfNull(live);
        ArgumentNullException.ThrowIfNull(providers);
        var statements = PolicyJson.Statements(live).ToArray();
        bool IsOf(JsonObject statement) => TrustStatement.Provider(statement) is { } provider && providers.Contains(provider, StringComparer.Ordinal);
        var isWhole = statements.All(IsOf);
        var changes = statements.Select(statement => new StatementChange(statement, IsOf(statement) && !isWhole ? null : statement)).ToArray();
        var notes = statements
            .Where(statement => TrustStatement.Providers(statement).Any(provider => providers.Contains(provider, StringComparer.Ordinal)))
            .Where(statement => isWhole || !IsOf(statement))
            .Select(statement =>
                $"{(isWhole ? "its last statement is kept, as IAM takes no trust policy without one" : "a statement that names other providers too is kept")}: "
                + PolicyJson.Text(statement)
            );
        return new TrustDocument(Of(live, changes).Document, changes, [.. notes]);
    }

    private static JsonObject Exact(JsonObject live, TrustedCluster cluster)
    {
        var exact = cluster.Statement();
        if (TrustStatement.Meaning(live) == TrustStatement.Meaning(exact))
            return live;
        if (live["Sid"] is { } sid)
            exact.Insert(0, "Sid", sid.DeepClone());
        return exact;
    }
}
