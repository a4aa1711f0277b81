using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Access;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>Serves the verbs of resources.</summary>
internal sealed class ResourceHandler(ObjectStore store, IReviews reviews, PatchHandler patches, WatchHandler watches, TableWriter tables)
{
    private readonly ListHandler _lists = new(store, tables);
    private readonly SubresourceHandler _subresources = new(store, reviews);

    /// <summary>Answers a request for a resource.</summary>
    public async Task Handle(ApiRequest q, ResourceInfo r)
    {
        CheckScope(q, r);
        if (q.Subresource is not null && r.Subresource(q.Subresource) is null)
            throw Errors.PathNotFound();
        if (q.Subresource is not (null or "status" or "finalize"))
        {
            await _subresources.Handle(q, r, patches);
            return;
        }
        if (!(q.Subresource is null ? r.Verbs : r.Subresource(q.Subresource)!.Verbs).Contains(q.Verb, StringComparer.Ordinal) || !ShapeFits(q))
            throw Errors.MethodNotAllowed();
        switch (q.Verb)
        {
            case "get":
                AnswerShape shape = Negotiation.Shape(q.Http.Request);
                StoredObject found = store.Find(r.Group, r.Plural, q.Namespace, q.Name!) ?? throw Errors.NotFound(r, q.Name!);
                await tables.One(q, r, shape, 200, found);
                break;
            case "list":
                await _lists.List(q, r);
                break;
            case "watch":
                await watches.Watch(q, r);
                break;
            case "create":
                await Create(q, r);
                break;
            case "update":
                await Update(q, r);
                break;
            case "patch":
                AnswerShape patched = Negotiation.Shape(q.Http.Request);
                PatchOutcome outcome = await patches.Patch(q, r);
                await tables.One(q, r, patched, outcome.Created ? 201 : 200, outcome.Object);
                break;
            case "delete":
                await Delete(q, r);
                break;
            case "deletecollection":
                await _lists.DeleteAll(q, r, await DeletionBody.Read(q));
                break;
        }
    }

    private static bool ShapeFits(ApiRequest q) => q.Verb is not ("create" or "update" or "patch") || (q.Verb == "create") == (q.Name is null);

    private static void CheckScope(ApiRequest q, ResourceInfo r)
    {
        if (!r.Namespaced && q.Namespace is not null)
            throw Errors.PathNotFound();
        if (r.Namespaced && q.Namespace is null && (q.Name is not null || q.Verb == "create"))
            throw q.Name is null ? Errors.MethodNotAllowed() : Errors.PathNotFound();
    }

    private async Task Create(ApiRequest q, ResourceInfo r)
    {
        q.CheckOptions("CreateOptions");
        RequestBody body = await Bodies.Object(q.Http);
        JsonObject obj = TypedDecoding.Object(q, r, body);
        if (!r.IsStored)
        {
            await Answers.Write(q.Http, 201, reviews.Review(r.Kind, WithNamespace(q, obj), q.User));
            return;
        }
        AnswerShape shape = Negotiation.Shape(q.Http.Request);
        q.Admit(r, obj);
        StoredObject made = store.Create(r, q.Namespace, obj, new WriteOptions(q.FieldManager) { DryRun = q.DryRun });
        WriteWarnings.Give(q, r, made.View);
        await tables.One(q, r, shape, 201, made);
    }

    private async Task Update(ApiRequest q, ResourceInfo r)
    {
        q.CheckOptions("UpdateOptions");
        JsonObject obj = TypedDecoding.Object(q, r, await Bodies.Object(q.Http));
        AnswerShape shape = Negotiation.Shape(q.Http.Request);
        JsonObject metadata = obj.ChildOrNew("metadata");
        if (metadata.Text("name") is { Length: > 0 } name && name != q.Name)
            throw Errors.BadRequest($"the name of the object ({name}) does not match the name on the URL ({q.Name})");
        if (q.Namespace is not null && metadata.Text("namespace") is { Length: > 0 } ns && ns != q.Namespace)
            throw Errors.BadRequest($"the namespace of the object ({ns}) does not match the namespace on the URL ({q.Namespace})");
        metadata["name"] = q.Name;
        if (q.Namespace is not null)
            metadata["namespace"] = q.Namespace;
        q.Admit(r, obj);
        StoredObject? before = store.Find(r.Group, r.Plural, q.Namespace, q.Name!);
        StoredObject written = store.Update(r, q.Namespace, obj, new WriteOptions(q.FieldManager) { DryRun = q.DryRun, Subresource = q.Subresource });
        WriteWarnings.Give(q, r, written.View, before?.View);
        await tables.One(q, r, shape, 200, written);
    }

    private async Task Delete(ApiRequest q, ResourceInfo r)
    {
        DeletionOptions options = await DeletionBody.Read(q);
        Deletion deletion = store.Delete(r, q.Namespace, q.Name!, options);
        bool isCore = r.Kind is "Service" or "ServiceAccount" or "Pod" or "PersistentVolumeClaim" or "PersistentVolume" or "ResourceQuota" or "PodTemplate";
        bool answersObject =
            !deletion.Removed || (isCore && r.Group.Length == 0) || r is { Kind: "CustomResourceDefinition" or "StorageClass", IsCustom: false };
        if (answersObject)
            await tables.One(q, r, AnswerShape.Object, 200, deletion.Object);
        else
            await Answers.Write(q.Http, 200, Answers.Deleted(r, deletion.Object));
    }

    private static JsonObject WithNamespace(ApiRequest q, JsonObject obj)
    {
        if (q.Namespace is not null)
            obj.ChildOrNew("metadata").Default("namespace", q.Namespace);
        return obj;
    }
}
