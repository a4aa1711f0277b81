using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>
/// Small OpenAPI v3 documents that say what kubectl and helm look for: which kinds there are, and that PATCH, POST and PUT take
/// dryRun, fieldManager and fieldValidation. Strategic merge patches are not announced, so that kubectl merges by its own types.
/// </summary>
internal static class OpenApi
{
    /// <summary>The answer of <c>/openapi/v3</c>.</summary>
    public static JsonObject Index(IReadOnlyList<ResourceInfo> all)
    {
        JsonObject paths = [];
        foreach ((string group, string version) in all.Select(r => (r.Group, r.Version)).Distinct())
        {
            string path = group.Length == 0 ? "api/" + version : $"apis/{group}/{version}";
            byte[] document = JsonSerializer.SerializeToUtf8Bytes(Document(all, group, version), JsonReading.Compact);
            paths[path] = new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{path}?hash={Convert.ToHexString(SHA512.HashData(document))}" };
        }
        return new() { ["paths"] = paths };
    }

    /// <summary>A group version's document; null when it is not served.</summary>
    public static JsonObject? Document(IReadOnlyList<ResourceInfo> all, string group, string version)
    {
        JsonObject paths = [];
        JsonObject schemas = [];
        string root = group.Length == 0 ? "/api/" + version : $"/apis/{group}/{version}";
        foreach (ResourceInfo r in all.Where(r => r.Group == group && r.Version == version))
        {
            string collection = root + (r.Namespaced ? "/namespaces/{namespace}/" : "/") + r.Plural;
            JsonObject onCollection = new() { ["post"] = Operation(r, "post", "dryRun", "fieldManager", "fieldValidation") };
            if (r.IsStored)
            {
                onCollection["get"] = Operation(r, "list");
                paths[collection + "/{name}"] = new JsonObject
                {
                    ["get"] = Operation(r, "get"),
                    ["put"] = Operation(r, "put", "dryRun", "fieldManager", "fieldValidation"),
                    ["patch"] = Operation(r, "patch", "dryRun", "fieldManager", "fieldValidation", "force"),
                    ["delete"] = Operation(r, "delete", "dryRun", "propagationPolicy"),
                };
            }
            paths[collection] = onCollection;
            schemas[SchemaName(r)] = Schema(r);
        }
        if (paths.Count == 0)
            return null;
        return new()
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = "1.36" },
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = schemas },
        };
    }

    private static JsonObject Operation(ResourceInfo r, string action, params string[] parameters)
    {
        JsonObject operation = new()
        {
            ["operationId"] = $"{action}{r.Group.Replace(".", "", StringComparison.Ordinal)}{r.Version}{r.Kind}",
            ["parameters"] = new JsonArray([
                .. parameters.Select(p => new JsonObject
                {
                    ["name"] = p,
                    ["in"] = "query",
                    ["schema"] = new JsonObject { ["type"] = p == "force" ? "boolean" : "string", ["uniqueItems"] = true },
                }),
            ]),
            ["responses"] = new JsonObject
            {
                ["200"] = new JsonObject { ["description"] = "OK", ["content"] = Content(r, Answers.Json) },
            },
            ["x-kubernetes-action"] = action,
            ["x-kubernetes-group-version-kind"] = Gvk(r),
        };
        if (action is "post" or "put")
            operation["requestBody"] = new JsonObject { ["content"] = Content(r, "*/*"), ["required"] = true };
        if (action == "patch")
            operation["requestBody"] = new JsonObject
            {
                ["content"] = Content(r, "application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json"),
                ["required"] = true,
            };
        return operation;
    }

    private static JsonObject Content(ResourceInfo r, params string[] types)
    {
        JsonObject content = [];
        foreach (string type in types)
            content[type] = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = "#/components/schemas/" + SchemaName(r) } };
        return content;
    }

    private static JsonObject Schema(ResourceInfo r)
    {
        JsonObject properties = new()
        {
            ["apiVersion"] = Property("string", "APIVersion defines the versioned schema of this representation of an object."),
            ["kind"] = Property("string", "Kind is a string value representing the REST resource this object represents."),
            ["metadata"] = Property("object", "Standard object's metadata."),
        };
        foreach (string field in TypedDecoding.FieldsOf(r))
            properties[field] = field is "spec" or "status"
                ? Property("object", $"The {field} of the {r.Kind}.")
                : new JsonObject { ["description"] = $"{field} of the {r.Kind}.", ["x-kubernetes-preserve-unknown-fields"] = true };
        return new()
        {
            ["description"] = $"{r.Kind}, as the sandbox serves it: its fields are not described here.",
            ["type"] = "object",
            ["properties"] = properties,
            ["x-kubernetes-preserve-unknown-fields"] = true,
            ["x-kubernetes-group-version-kind"] = new JsonArray(Gvk(r)),
        };
    }

    private static JsonObject Property(string type, string description) =>
        type == "object"
            ? new()
            {
                ["description"] = description,
                ["type"] = type,
                ["x-kubernetes-preserve-unknown-fields"] = true,
            }
            : new() { ["description"] = description, ["type"] = type };

    private static JsonObject Gvk(ResourceInfo r) =>
        new()
        {
            ["group"] = r.Group,
            ["kind"] = r.Kind,
            ["version"] = r.Version,
        };

    private static string SchemaName(ResourceInfo r) =>
        r.IsCustom
            ? $"{string.Join('.', r.Group.Split('.').Reverse())}.{r.Version}.{r.Kind}"
            : $"io.k8s.api.{(r.Group.Length == 0 ? "core" : r.Group.Split('.')[0])}.{r.Version}.{r.Kind}";
}
