using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Store;

/// <summary>What a typed decoder and encoder do to an object's JSON.</summary>
internal static class ObjectShape
{
    private static readonly string[] MetadataOrder =
    [
        "name",
        "generateName",
        "namespace",
        "selfLink",
        "uid",
        "resourceVersion",
        "generation",
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "labels",
        "annotations",
        "ownerReferences",
        "finalizers",
        "managedFields",
    ];

    /// <summary>Drops nulls, and metadata maps and lists that are empty.</summary>
    public static void Clean(JsonObject obj)
    {
        DropNulls(obj);
        CleanMetadata(obj["metadata"] as JsonObject);
        CleanMetadata(obj.Child("spec", "template", "metadata"));
    }

    /// <summary>The object with kind, apiVersion and metadata first, metadata in the API server's order.</summary>
    public static JsonObject Ordered(JsonObject obj)
    {
        JsonObject metadata = (JsonObject)obj["metadata"]!;
        obj.Remove("metadata");
        JsonObject ordered = new()
        {
            ["kind"] = obj.Text("kind"),
            ["apiVersion"] = obj.Text("apiVersion"),
            ["metadata"] = Reordered(metadata, MetadataOrder),
        };
        obj.Remove("kind");
        obj.Remove("apiVersion");
        JsonNode? status = obj["status"];
        bool hasStatus = obj.Remove("status");
        Move(obj, ordered);
        if (hasStatus)
            ordered["status"] = status;
        return ordered;
    }

    /// <summary>Whether two versions differ in nothing but resourceVersion and the times in managedFields.</summary>
    public static bool SameExceptVersionAndTimes(JsonObject a, JsonObject b)
    {
        foreach ((string key, JsonNode? value) in a)
        {
            if (key != "metadata" && !JsonNode.DeepEquals(value, b[key]))
                return false;
        }
        if (a.Count != b.Count || a["metadata"] is not JsonObject am || b["metadata"] is not JsonObject bm)
            return false;
        return Same(am, bm, "resourceVersion", "managedFields") && SameManagers(am["managedFields"] as JsonArray, bm["managedFields"] as JsonArray);
    }

    private static bool SameManagers(JsonArray? a, JsonArray? b)
    {
        if ((a?.Count ?? 0) != (b?.Count ?? 0))
            return false;
        return a is null || b is null || a.OfType<JsonObject>().Zip(b.OfType<JsonObject>()).All(p => Same(p.First, p.Second, "time", "time"));
    }

    private static bool Same(JsonObject a, JsonObject b, string except, string alsoExcept)
    {
        foreach ((string key, JsonNode? value) in a)
        {
            if (key != except && key != alsoExcept && !JsonNode.DeepEquals(value, b[key]))
                return false;
        }
        return b.All(p => p.Key == except || p.Key == alsoExcept || p.Value is null || a.ContainsKey(p.Key));
    }

    private static JsonObject Reordered(JsonObject obj, string[] order)
    {
        JsonObject ordered = [];
        foreach (string key in order)
        {
            if (obj.TryGetPropertyValue(key, out JsonNode? value))
            {
                obj.Remove(key);
                ordered[key] = value;
            }
        }
        Move(obj, ordered);
        return ordered;
    }

    private static void Move(JsonObject from, JsonObject to)
    {
        foreach (string key in from.Select(p => p.Key).ToList())
        {
            JsonNode? value = from[key];
            from.Remove(key);
            to[key] = value;
        }
    }

    private static void CleanMetadata(JsonObject? metadata)
    {
        if (metadata is null)
            return;
        foreach (string key in (ReadOnlySpan<string>)["labels", "annotations", "finalizers", "ownerReferences"])
        {
            if (metadata[key] is JsonObject { Count: 0 } or JsonArray { Count: 0 })
                metadata.Remove(key);
        }
    }

    private static void DropNulls(JsonNode node)
    {
        if (node is JsonArray array)
        {
            foreach (JsonNode? item in array)
            {
                if (item is not null)
                    DropNulls(item);
            }
        }
        else if (node is JsonObject obj)
        {
            foreach (string key in obj.Where(p => p.Value is null).Select(p => p.Key).ToList())
                obj.Remove(key);
            foreach ((_, JsonNode? value) in obj)
                DropNulls(value!);
        }
    }
}
