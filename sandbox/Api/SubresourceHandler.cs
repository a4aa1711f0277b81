using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Access;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>Serves the subresources that are not parts of the object: scale, token, eviction, log.</summary>
internal sealed class SubresourceHandler(ObjectStore store, IReviews reviews)
{
    /// <summary>Answers a request for a subresource.</summary>
    public async Task Handle(ApiRequest q, ResourceInfo r, PatchHandler patches)
    {
        if (!r.Subresource(q.Subresource!)!.Verbs.Contains(q.Verb, StringComparer.Ordinal))
            throw Errors.MethodNotAllowed();
        StoredObject live = store.Find(r.Group, r.Plural, q.Namespace, q.Name!) ?? throw Errors.NotFound(r, q.Name!);
        switch (q.Subresource)
        {
            case "token":
                JsonObject body = (await Bodies.Object(q.Http)).Json as JsonObject ?? [];
                await Answers.Write(q.Http, 201, reviews.RequestToken(q.Namespace!, q.Name!, body));
                break;
            case "eviction":
                await Bodies.Bytes(q.Http);
                store.Delete(r, q.Namespace, q.Name!, new DeletionOptions { DryRun = q.DryRun });
                await Answers.Write(
                    q.Http,
                    201,
                    new JsonObject
                    {
                        ["kind"] = "Status",
                        ["apiVersion"] = "v1",
                        ["metadata"] = new JsonObject(),
                        ["status"] = "Success",
                        ["code"] = 201,
                    }
                );
                break;
            case "log":
                await Answers.Text(q.Http, 200, PodLog.Of(live.View, q.Query("container"), q.QueryFlag("previous")));
                break;
            case "scale":
                await Scale(q, r, live, patches);
                break;
        }
    }

    private async Task Scale(ApiRequest q, ResourceInfo r, StoredObject live, PatchHandler patches)
    {
        JsonObject now = ScaleOf(live);
        if (q.Verb == "get")
        {
            await Answers.Write(q.Http, 200, now);
            return;
        }
        JsonObject wanted =
            q.Verb == "update"
                ? (await Bodies.Object(q.Http)).Json as JsonObject ?? throw Errors.BadRequest("a Scale is needed")
                : await patches.PatchDocument(q, r, now);
        long replicas = wanted.Child("spec")?.Number("replicas") ?? 0;
        if (replicas < 0)
            throw Errors.Invalid(
                r with
                {
                    Kind = "Scale",
                    Group = "autoscaling",
                },
                q.Name!,
                [FieldError.Invalid("spec.replicas", replicas.ToString(), "must be greater than or equal to 0")]
            );
        JsonObject obj = Serving.In(r, live);
        obj["spec"]!["replicas"] = replicas;
        string? version = wanted.Metadata("resourceVersion");
        if (string.IsNullOrEmpty(version))
            obj["metadata"]!.AsObject().Remove("resourceVersion");
        else
            obj["metadata"]!["resourceVersion"] = version;
        StoredObject written = store.Update(r, q.Namespace, obj, new WriteOptions(q.FieldManager) { DryRun = q.DryRun });
        await Answers.Write(q.Http, 200, ScaleOf(written));
    }

    private static JsonObject ScaleOf(StoredObject o)
    {
        JsonObject metadata = [];
        foreach (string key in (ReadOnlySpan<string>)["name", "namespace", "uid", "resourceVersion", "creationTimestamp"])
            metadata[key] = o.View.Metadata(key);
        JsonObject? labels = o.View.Child("spec", "selector", "matchLabels");
        return new()
        {
            ["kind"] = "Scale",
            ["apiVersion"] = "autoscaling/v1",
            ["metadata"] = metadata,
            ["spec"] = new JsonObject { ["replicas"] = o.View.Child("spec")?.Number("replicas") ?? 0 },
            ["status"] = new JsonObject
            {
                ["replicas"] = o.View.Child("status")?.Number("replicas") ?? 0,
                ["selector"] = string.Join(",", (labels ?? []).OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}")),
            },
        };
    }
}
