using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Patching;

/// <summary>One server-side apply: merge, prune what the manager gave up, settle ownership. After structured-merge-diff's Updater.</summary>
/// <param name="kind">The object's kind.</param>
/// <param name="live">The object, or the empty one.</param>
/// <param name="applied">The applied configuration.</param>
/// <param name="before">The managers so far.</param>
/// <param name="self">The applying manager.</param>
/// <param name="time">The time of its entry.</param>
internal sealed class Application(KindSchema kind, JsonObject live, JsonObject applied, Managers before, ManagerKey self, string time)
{
    /// <summary>The managers after <see cref="Run"/>.</summary>
    public Managers Managers { get; } = before.Copy();

    /// <summary>Applies.</summary>
    /// <param name="force">Takes conflicting fields.</param>
    /// <param name="mayTake">Conflicting fields to take even so, if these are all.</param>
    /// <param name="neverOwned">Fields that no manager owns.</param>
    /// <returns>The merged object.</returns>
    /// <exception cref="Store.ApiException">409 Conflict.</exception>
    public JsonObject Run(bool force, FieldSet? mayTake, FieldSet neverOwned)
    {
        var last = before.GetValueOrDefault(self)?.Fields;
        var own = TypedValue.FieldsOf(applied, kind.Schema);
        Managers[self] = new ManagerEntry(own, (string?)applied["apiVersion"] ?? "", time);
        var merged = TypedMerge.Merge(live, applied, kind.Schema)!.AsObject();
        if (last is not null && !last.Difference(own).IsEmpty)
            merged = Prune(merged, last);
        Settle(TypedComparison.Of(live, merged, kind.Schema), force, mayTake);
        Managers.Reduce((key, fields) => key == self ? fields.Difference(neverOwned) : fields);
        return merged;
    }

    private void Settle(TypedComparison changes, bool force, FieldSet? mayTake)
    {
        var changed = changes.Changed;
        var conflicts = Managers
            .Where(entry => entry.Key != self)
            .Select(entry => (entry.Key, Fields: entry.Value.Fields.Intersection(changed)))
            .Where(conflict => !conflict.Fields.IsEmpty)
            .ToDictionary(conflict => conflict.Key, conflict => conflict.Fields);
        if (!force)
        {
            var refused = conflicts
                .Select(conflict => (conflict.Key, Fields: mayTake is null ? conflict.Value : conflict.Value.Difference(mayTake)))
                .Where(conflict => !conflict.Fields.IsEmpty)
                .ToDictionary(conflict => conflict.Key, conflict => conflict.Fields);
            if (refused.Count > 0)
                throw ApplyConflicts.ToException(refused);
        }
        Managers.Reduce((key, fields) => key == self ? fields : fields.Difference(changed).Difference(changes.Removed));
    }

    /// <summary>Removes what the manager owned, except what somebody (itself included) owns now and what it never owned.</summary>
    private JsonObject Prune(JsonObject merged, FieldSet last)
    {
        var schema = kind.Schema;
        var all = Members(merged);
        var pruned = TypedValue.Without(merged, last.WithNamedParents(schema), schema);
        var owned = Managers.Values.Aggregate(new FieldSet(), (set, entry) => set.Union(entry.Fields));
        var kept = Members(pruned).Union(owned.WithNamedParents(schema));
        pruned = TypedValue.Without(merged, all.Difference(kept), schema);
        var dropped = all.Difference(Members(pruned)).Intersection(last.WithNamedParents(schema));
        return TypedValue.Without(merged, dropped, schema)!.AsObject();
    }

    private FieldSet Members(JsonNode? value) => TypedValue.FieldsOf(value as JsonObject ?? [], kind.Schema).WithNamedParents(kind.Schema);
}
