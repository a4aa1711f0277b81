using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>Serves list and deletecollection.</summary>
internal sealed class ListHandler(ObjectStore store, TableWriter tables)
{
    /// <summary>Answers a list, in pages when asked for.</summary>
    public async Task List(ApiRequest q, ResourceInfo r)
    {
        AnswerShape shape = Negotiation.Shape(q.Http.Request);
        CheckVersionMatch(q);
        Selection selection = Selection.Of(q, r);
        (IReadOnlyList<StoredObject> objects, long revision) = store.Snapshot(r.Group, r.Plural, q.Namespace);
        List<StoredObject> taken = [.. objects.Where(selection.Takes)];
        JsonObject metadata = new() { ["resourceVersion"] = revision.ToString() };
        taken = Page(q, taken, metadata);
        if (shape == AnswerShape.Table)
        {
            await Answers.Write(q.Http, 200, tables.Table(q, r, taken, metadata));
            return;
        }
        ArrayBufferWriter<byte> body = new(taken.Sum(o => o.Json.Length) + 256);
        bool partial = shape == AnswerShape.Metadata;
        Text(
            body,
            partial
                ? "{\"kind\":\"PartialObjectMetadataList\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":"
                : $"{{\"kind\":\"{r.ListKind}\",\"apiVersion\":\"{r.ApiVersion}\",\"metadata\":"
        );
        Text(body, metadata.ToJsonString());
        Text(body, ",\"items\":[");
        for (int i = 0; i < taken.Count; i++)
        {
            if (i > 0)
                Text(body, ",");
            if (partial)
                Text(body, Serving.Metadata(taken[i]).ToJsonString(JsonReading.Compact));
            else
                Item(body, r, taken[i]);
        }
        Text(body, "]}");
        await Answers.Write(q.Http, 200, body.WrittenMemory, Answers.Json);
    }

    /// <summary>Deletes all that the selectors choose.</summary>
    public async Task DeleteAll(ApiRequest q, ResourceInfo r, DeletionOptions options)
    {
        Selection selection = Selection.Of(q, r);
        ArrayBufferWriter<byte> items = new();
        foreach (StoredObject o in store.Objects(r.Group, r.Plural, q.Namespace).Where(selection.Takes))
        {
            try
            {
                Deletion deletion = store.Delete(r, r.Namespaced ? o.Namespace : null, o.Name, options);
                if (items.WrittenCount > 0)
                    Text(items, ",");
                Item(items, r, deletion.Object);
            }
            catch (ApiException e) when (e.Code == 404)
            {
                // Somebody else deleted it meanwhile.
            }
        }
        ArrayBufferWriter<byte> body = new(items.WrittenCount + 256);
        Text(body, $"{{\"kind\":\"{r.ListKind}\",\"apiVersion\":\"{r.ApiVersion}\",\"metadata\":{{\"resourceVersion\":\"{store.Revision}\"}},\"items\":[");
        body.Write(items.WrittenSpan);
        Text(body, "]}");
        await Answers.Write(q.Http, 200, body.WrittenMemory, Answers.Json);
    }

    private static List<StoredObject> Page(ApiRequest q, List<StoredObject> all, JsonObject metadata)
    {
        int start = 0;
        if (q.Query("continue") is { Length: > 0 } token)
        {
            string after = Decoded(token);
            start = all.FindIndex(o => string.CompareOrdinal(Key(o), after) > 0);
            if (start < 0)
                start = all.Count;
        }
        int left = all.Count - start;
        if (!int.TryParse(q.Query("limit"), out int limit) || limit <= 0 || left <= limit)
            return start == 0 ? all : all.GetRange(start, left);
        metadata["continue"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(Key(all[start + limit - 1])));
        metadata["remainingItemCount"] = left - limit;
        return all.GetRange(start, limit);
    }

    private static string Key(StoredObject o) => o.Namespace + "\u0001" + o.Name;

    private static string Decoded(string token)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(token));
        }
        catch (FormatException)
        {
            throw Errors.BadRequest("continue key is not valid: illegal base64 data");
        }
    }

    private static void CheckVersionMatch(ApiRequest q)
    {
        string? match = q.Query("resourceVersionMatch");
        if (string.IsNullOrEmpty(match))
            return;
        if (match is not ("Exact" or "NotOlderThan") || string.IsNullOrEmpty(q.Query("resourceVersion")))
        {
            throw new ApiException(
                422,
                "Invalid",
                "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: "
                    + (
                        match is "Exact" or "NotOlderThan"
                            ? "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided"
                            : $"Unsupported value: \"{match}\": supported values: \"Exact\", \"NotOlderThan\", \"\""
                    ),
                new() { ["group"] = "meta.k8s.io", ["kind"] = "ListOptions" }
            );
        }
    }

    // Lists of built-in kinds leave kind and apiVersion out of their items; both come first in the stored bytes.
    private static void Item(ArrayBufferWriter<byte> body, ResourceInfo r, StoredObject o)
    {
        ReadOnlySpan<byte> json = Serving.Bytes(r, o).Span;
        if (!r.IsCustom)
        {
            json = json[$"{{\"kind\":\"{r.Kind}\",\"apiVersion\":\"{r.ApiVersion}\",".Length..];
            Text(body, "{");
        }
        body.Write(json);
    }

    private static void Text(ArrayBufferWriter<byte> body, string text) => Encoding.UTF8.GetBytes(text, body);
}
