using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Patching;

/// <summary>The patch types that are not server-side apply. Stateless.</summary>
public sealed class Patches : IPatches
{
    /// <inheritdoc/>
    public JsonObject Json(JsonObject live, JsonArray patch)
    {
        ArgumentNullException.ThrowIfNull(live);
        ArgumentNullException.ThrowIfNull(patch);
        return JsonPatch.Apply(live.DeepClone(), patch) is JsonObject result ? StoredForm.Of(result) : throw Unprocessable();
    }

    /// <inheritdoc/>
    public JsonObject Merge(JsonObject live, JsonObject patch)
    {
        ArgumentNullException.ThrowIfNull(live);
        ArgumentNullException.ThrowIfNull(patch);
        return StoredForm.Of(MergeObjects(live, patch));
    }

    /// <inheritdoc/>
    public JsonObject StrategicMerge(string group, string kind, JsonObject live, JsonObject patch)
    {
        ArgumentNullException.ThrowIfNull(live);
        ArgumentNullException.ThrowIfNull(patch);
        var known = KindSchemas.For(group, kind);
        if (!known.BuiltIn)
        {
            const string Accepted = "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml, application/apply-patch+cbor";
            throw new ApiException(415, "UnsupportedMediaType", $"the body of the request was in an unknown format - accepted media types include: {Accepted}");
        }
        return StoredForm.Of(StrategicMergePatch.Apply(live, patch, known.Schema));
    }

    /// <summary>What the API server answers for a patch that it understands and cannot apply; it does not say why.</summary>
    internal static ApiException Unprocessable() => new(422, "Invalid", "the server rejected our request due to an error in our request", []);

    private static JsonObject MergeObjects(JsonObject live, JsonObject patch)
    {
        var result = live.DeepClone().AsObject();
        foreach (var (name, value) in patch)
        {
            if (value is null)
                result.Remove(name);
            else if (value is JsonObject fields)
                result[name] = MergeObjects(result[name] as JsonObject ?? [], fields);
            else
                result[name] = value.DeepClone();
        }
        return result;
    }
}
