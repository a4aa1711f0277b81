using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.FlyteAdmin.Database;

/// <summary>Whom attributes are for; empty parts stand for all.</summary>
/// <param name="Kind">The kind of attributes, a name of MatchableResource.</param>
/// <param name="Project">The project.</param>
/// <param name="Domain">The domain.</param>
/// <param name="Workflow">The workflow.</param>
internal readonly record struct AttributeKey(string Kind, string Project, string Domain, string Workflow)
{
    /// <summary>flyteadmin's pkg/repositories/models/resource.go.</summary>
    public int Priority =>
        Workflow.Length > 0 ? 100
        : Domain.Length > 0 ? 10
        : 5;

    /// <summary>As flyteadmin writes it into messages.</summary>
    public override string ToString() => $"{{Project:{Project} Domain:{Domain} Workflow:{Workflow} LaunchPlan: ResourceType:{Kind}}}";
}

/// <summary>One row.</summary>
/// <param name="Key">Whom it is for.</param>
/// <param name="Attributes">MatchingAttributes.</param>
internal sealed record AttributeRow(AttributeKey Key, JsonObject Attributes);

/// <summary>The matchable attributes: flyteadmin's pkg/repositories/gormimpl/resource_repo.go. Not thread-safe.</summary>
internal sealed class AttributeTable
{
    private readonly Dictionary<AttributeKey, AttributeRow> _rows = [];

    /// <summary>Sets a row.</summary>
    public void Put(AttributeKey key, JsonObject attributes) => _rows[key] = new AttributeRow(key, attributes);

    /// <summary>The most specific row that is for a project, domain and workflow; null for none.</summary>
    public AttributeRow? Best(AttributeKey key) =>
        _rows
            .Values.Where(r =>
                r.Key.Kind == key.Kind && Meets(r.Key.Project, key.Project) && Meets(r.Key.Domain, key.Domain) && Meets(r.Key.Workflow, key.Workflow)
            )
            .MaxBy(r => r.Key.Priority);

    /// <summary>The row of exactly this key; null for none.</summary>
    public AttributeRow? Exact(AttributeKey key) => _rows.GetValueOrDefault(key);

    /// <summary>All rows of a kind, the most specific first.</summary>
    public IReadOnlyList<AttributeRow> All(string kind) =>
        [.. _rows.Values.Where(r => r.Key.Kind == kind).OrderByDescending(r => r.Key.Priority).ThenBy(r => r.Key.ToString(), StringComparer.Ordinal)];

    /// <summary>Deletes a row and every one below it: an empty part of the key is no condition.</summary>
    public void Delete(AttributeKey key)
    {
        foreach (
            var below in _rows
                .Keys.Where(k => k.Kind == key.Kind && Covers(key.Project, k.Project) && Covers(key.Domain, k.Domain) && Covers(key.Workflow, k.Workflow))
                .ToList()
        )
            _rows.Remove(below);
    }

    public void Clear() => _rows.Clear();

    private static bool Meets(string row, string asked) => row.Length == 0 || row == asked;

    private static bool Covers(string asked, string row) => asked.Length == 0 || asked == row;
}
