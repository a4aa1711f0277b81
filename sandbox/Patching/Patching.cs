using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Patching;

/// <summary>The three patch types that are not server-side apply, as the API server applies them. Inputs are not changed.</summary>
public interface IPatches
{
    /// <summary>RFC 6902, <c>application/json-patch+json</c>.</summary>
    /// <exception cref="Store.ApiException">422 Invalid for a failing operation or test.</exception>
    JsonObject Json(JsonObject live, JsonArray patch);

    /// <summary>RFC 7386, <c>application/merge-patch+json</c>.</summary>
    JsonObject Merge(JsonObject live, JsonObject patch);

    /// <summary>
    /// <c>application/strategic-merge-patch+json</c>: lists merge by the kind's patchMergeKey, with <c>$patch</c>, <c>$deleteFromPrimitiveList</c>,
    /// <c>$setElementOrder</c> and <c>$retainKeys</c>.
    /// </summary>
    /// <param name="group">API group: merge keys are known for built-in kinds only.</param>
    /// <param name="kind">Kind.</param>
    /// <param name="live">The stored object.</param>
    /// <param name="patch">The patch.</param>
    /// <exception cref="Store.ApiException">415 for a kind without a known schema (custom resources), 400 for a malformed patch, 422 for one that cannot be
    /// applied.</exception>
    JsonObject StrategicMerge(string group, string kind, JsonObject live, JsonObject patch);
}

/// <summary>managedFields: server-side apply and the tracking of all other writes.</summary>
public interface IManagedFields
{
    /// <summary>Server-side apply: merges the applied configuration, moves ownership, removes fields the manager gave up.</summary>
    /// <param name="live">The stored object; null creates.</param>
    /// <param name="applied">The applied configuration, without managedFields.</param>
    /// <param name="manager">The field manager.</param>
    /// <param name="force">Takes conflicting fields over.</param>
    /// <param name="now">The entry's time.</param>
    /// <param name="subresource">Null, or <c>status</c>.</param>
    /// <returns>The merged object with managedFields; equal to <paramref name="live"/> (times too) when nothing changed.</returns>
    /// <exception cref="Store.ApiException">409 Conflict with one cause of type FieldManagerConflict a field, in the API server's words; 500 InternalError for
    /// a list item without its key, or twice.</exception>
    JsonObject Apply(JsonObject? live, JsonObject applied, string manager, bool force, DateTimeOffset now, string? subresource = null);

    /// <summary>Tracks a create, update or non-apply patch: the manager's Update entry gets the fields that changed, others lose them.</summary>
    /// <param name="before">The stored object; null for a create.</param>
    /// <param name="after">The object about to be stored.</param>
    /// <param name="manager">The field manager.</param>
    /// <param name="now">The entry's time.</param>
    /// <param name="subresource">Null, or the subresource written through.</param>
    /// <returns>The object with managedFields.</returns>
    JsonObject Track(JsonObject? before, JsonObject after, string manager, DateTimeOffset now, string? subresource = null);
}
