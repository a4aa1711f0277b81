using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Access;
using Flyte.MultiCluster.Sandbox.Patching;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>What a patch wrote.</summary>
/// <param name="Object">The object.</param>
/// <param name="Created">Whether the patch created it.</param>
internal sealed record PatchOutcome(StoredObject Object, bool Created);

/// <summary>Applies patches of the four types.</summary>
internal sealed class PatchHandler(ObjectStore store, IPatches patches, IManagedFields managedFields, IAuthorizer authorizer, TimeProvider time)
{
    private const int Attempts = 6;
    private const string ApplyType = "application/apply-patch+yaml";

    /// <summary>Patches the object of the request.</summary>
    public async Task<PatchOutcome> Patch(ApiRequest q, ResourceInfo r)
    {
        q.CheckOptions("PatchOptions");
        string type = Bodies.MediaType(q.Http);
        if (type == ApplyType)
            return Apply(q, r, Bodies.Yaml(await Bodies.Bytes(q.Http)));
        if (q.Query("force") is not null)
            throw Invalid("force", "Forbidden: may not be specified for non-apply patch");
        RequestBody patch = type is "application/json-patch+json" or "application/merge-patch+json" or "application/strategic-merge-patch+json"
            ? Bodies.Json(await Bodies.Bytes(q.Http))
            : throw Errors.UnsupportedMediaType(
                "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, "
                    + "application/merge-patch+json, application/apply-patch+yaml"
                    + (r.IsCustom ? "" : ", application/strategic-merge-patch+json")
            );
        return Retry(() =>
        {
            StoredObject live = store.Find(r.Group, r.Plural, q.Namespace, q.Name!) ?? throw Errors.NotFound(r, q.Name!);
            JsonObject before = Serving.In(r, live);
            JsonObject after = Patched(r, type, before, patch.Json);
            return new(Write(q, r, before, after, patch.Duplicates, applied: false), false);
        });
    }

    /// <summary>Patches a document that stands for an object, as the scale subresource does.</summary>
    public async Task<JsonObject> PatchDocument(ApiRequest q, ResourceInfo r, JsonObject document)
    {
        string type = Bodies.MediaType(q.Http);
        if (type == ApplyType)
            return patches.Merge(document, (JsonObject)Bodies.Yaml(await Bodies.Bytes(q.Http)).Json!);
        JsonNode? patch = Bodies.Json(await Bodies.Bytes(q.Http)).Json;
        return type == "application/json-patch+json" ? Patched(r, type, document, patch) : patches.Merge(document, patch as JsonObject ?? []);
    }

    private JsonObject Patched(ResourceInfo r, string type, JsonObject live, JsonNode? patch) =>
        type switch
        {
            "application/json-patch+json" => patches.Json(
                live,
                patch as JsonArray ?? throw Errors.BadRequest("json: cannot unmarshal object into Go value of type jsonpatch.Patch")
            ),
            "application/merge-patch+json" => patches.Merge(live, patch as JsonObject ?? throw NoObject()),
            _ when r.IsCustom => throw Errors.UnsupportedMediaType(
                "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, "
                    + "application/merge-patch+json, application/apply-patch+yaml"
            ),
            _ => patches.StrategicMerge(r.Group, r.Kind, live, patch as JsonObject ?? throw NoObject()),
        };

    private static ApiException NoObject() => Errors.BadRequest("json: cannot unmarshal the patch into Go value of type map[string]interface {}");

    private PatchOutcome Apply(ApiRequest q, ResourceInfo r, RequestBody body)
    {
        if (q.Query("fieldManager") is not { Length: > 0 } manager)
            throw Invalid("fieldManager", "Required value: is required for apply patch");
        JsonObject applied = body.Json as JsonObject ?? throw Errors.BadRequest("error decoding YAML: the patch is no object");
        if (applied.Text("apiVersion") is not { Length: > 0 } || applied.Text("kind") is not { Length: > 0 })
            throw Errors.BadRequest("invalid object type: apiVersion and kind must be set in an apply patch");
        TypedDecoding.KindMatches(r, applied);
        JsonObject metadata = applied.ChildOrNew("metadata");
        if (metadata["managedFields"] is JsonArray { Count: > 0 })
            throw Errors.BadRequest("metadata.managedFields must be nil");
        metadata.Default("name", q.Name!);
        CheckName(q, metadata);
        if (q.Namespace is not null)
            metadata["namespace"] = q.Namespace;
        TypedDecoding.Check(q, r, applied, body.Duplicates);
        return Retry(() =>
        {
            StoredObject? live = store.Find(r.Group, r.Plural, q.Namespace, q.Name!);
            if (live is null)
                return new(Create(q, r, applied, manager), true);
            JsonObject before = Serving.In(r, live);
            if (metadata.Text("resourceVersion") is { Length: > 0 } wanted && wanted != live.ResourceVersion.ToString())
                throw Errors.StaleWrite(r, live.Name);
            JsonObject after = managedFields.Apply(before, applied.Copy(), manager, q.QueryFlag("force"), time.GetUtcNow(), q.Subresource);
            return new(Write(q, r, before, after, [], applied: true), false);
        });
    }

    private StoredObject Create(ApiRequest q, ResourceInfo r, JsonObject applied, string manager)
    {
        if (q.Subresource is not null)
            throw Errors.NotFound(r, q.Name!);
        if (applied.Metadata("uid") is { Length: > 0 } || applied.Metadata("resourceVersion") is { Length: > 0 })
            throw Errors.Conflict(
                r,
                q.Name!,
                "uid mismatch: the provided object specified uid " + applied.Metadata("uid") + ", and no existing object was found"
            );
        Authorization.Require(authorizer, q, "create");
        JsonObject made = managedFields.Apply(null, applied.Copy(), manager, q.QueryFlag("force"), time.GetUtcNow());
        q.Admit(r, made);
        StoredObject stored = store.Create(r, q.Namespace, made, new WriteOptions(manager) { DryRun = q.DryRun, Applied = true });
        WriteWarnings.Give(q, r, stored.View);
        return stored;
    }

    private StoredObject Write(ApiRequest q, ResourceInfo r, JsonObject before, JsonObject after, IReadOnlyList<string> duplicates, bool applied)
    {
        if (!applied)
            TypedDecoding.Check(q, r, after, duplicates);
        JsonObject metadata = after.ChildOrNew("metadata");
        CheckName(q, metadata);
        metadata.Default("resourceVersion", before.Metadata("resourceVersion")!);
        q.Admit(r, after);
        StoredObject written = store.Update(
            r,
            q.Namespace,
            after,
            new WriteOptions(q.FieldManager)
            {
                DryRun = q.DryRun,
                Subresource = q.Subresource,
                Applied = applied,
            }
        );
        WriteWarnings.Give(q, r, written.View, before);
        return written;
    }

    private static PatchOutcome Retry(Func<PatchOutcome> attempt)
    {
        for (int i = 1; ; i++)
        {
            try
            {
                return attempt();
            }
            catch (ApiException e)
                when (i < Attempts
                    && e.Reason == "Conflict"
                    && e.Message.EndsWith("please apply your changes to the latest version and try again", StringComparison.Ordinal)
                )
            {
                // Somebody else wrote between reading and writing; patches without a resourceVersion start over.
            }
            catch (ApiException e) when (i < Attempts && e.Reason == "AlreadyExists")
            {
                // Somebody else created it meanwhile.
            }
        }
    }

    private static void CheckName(ApiRequest q, JsonObject metadata)
    {
        if (metadata.Text("name") != q.Name)
            throw Errors.BadRequest($"the name of the object ({metadata.Text("name")}) does not match the name on the URL ({q.Name})");
        if (q.Namespace is not null && metadata.Text("namespace") is { } ns && ns != q.Namespace)
            throw Errors.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
    }

    private static ApiException Invalid(string field, string message)
    {
        JsonObject details = new()
        {
            ["group"] = "meta.k8s.io",
            ["kind"] = "PatchOptions",
            ["causes"] = new JsonArray(
                new JsonObject
                {
                    ["reason"] = field == "force" ? "FieldValueForbidden" : "FieldValueRequired",
                    ["message"] = message,
                    ["field"] = field,
                }
            ),
        };
        return new ApiException(422, "Invalid", $"PatchOptions.meta.k8s.io \"\" is invalid: {field}: {message}", details);
    }
}
