using System.Text.Json;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>What a typed decoder checks: kind and version, unknown and repeated fields, types of the maps that people get wrong.</summary>
internal static class TypedDecoding
{
    private static readonly Dictionary<string, string[]> Fields = new(StringComparer.Ordinal)
    {
        ["Secret"] = ["data", "stringData", "type", "immutable"],
        ["ConfigMap"] = ["data", "binaryData", "immutable"],
        ["ServiceAccount"] = ["secrets", "imagePullSecrets", "automountServiceAccountToken"],
        ["Role"] = ["rules"],
        ["ClusterRole"] = ["rules", "aggregationRule"],
        ["RoleBinding"] = ["subjects", "roleRef"],
        ["ClusterRoleBinding"] = ["subjects", "roleRef"],
    };

    private static readonly string[] SpecAndStatus = ["spec", "status"];

    private static readonly HashSet<string> WithSpec = new(StringComparer.Ordinal)
    {
        "Namespace",
        "Pod",
        "Service",
        "Deployment",
        "ReplicaSet",
        "StatefulSet",
        "DaemonSet",
        "Job",
        "CronJob",
        "Ingress",
        "NetworkPolicy",
        "PersistentVolumeClaim",
        "PersistentVolume",
        "HorizontalPodAutoscaler",
        "PodDisruptionBudget",
        "CustomResourceDefinition",
        "ResourceQuota",
        "ReplicationController",
        "Node",
        "Lease",
    };

    /// <summary>The fields of a kind beside kind, apiVersion and metadata, as far as known.</summary>
    public static IReadOnlyList<string> FieldsOf(ResourceInfo r) =>
        r.IsCustom ? SpecAndStatus : Fields.GetValueOrDefault(r.Kind) ?? (WithSpec.Contains(r.Kind) ? SpecAndStatus : []);

    /// <summary>The object in a body, checked.</summary>
    /// <exception cref="ApiException">400 BadRequest.</exception>
    public static JsonObject Object(ApiRequest q, ResourceInfo r, RequestBody body)
    {
        if (body.Json is not JsonObject obj)
            throw Errors.BadRequest(
                body.Json is null
                    ? $"{r.Kind} in version \"{r.Version}\" cannot be handled as a {r.Kind}: EOF"
                    : "couldn't get version/kind; json parse error: json: cannot unmarshal the body into Go value of type struct"
            );
        KindMatches(r, obj);
        Check(q, r, obj, body.Duplicates);
        return obj;
    }

    /// <summary>Refuses another kind or version than the path's.</summary>
    public static void KindMatches(ResourceInfo r, JsonObject obj)
    {
        string kind = obj.Text("kind") is { Length: > 0 } k ? k : r.Kind;
        string apiVersion = obj.Text("apiVersion") is { Length: > 0 } v ? v : r.ApiVersion;
        if (kind != r.Kind || apiVersion != r.ApiVersion)
        {
            throw Errors.BadRequest(
                kind == r.Kind
                    ? $"the API version in the data ({apiVersion}) does not match the expected API version ({r.ApiVersion})"
                    : $"{kind} in version \"{apiVersion}\" cannot be handled as a {r.Kind}: converting ({apiVersion}.{kind}) to "
                        + $"({r.ApiVersion}.{r.Kind}): unknown conversion"
            );
        }
        obj["kind"] = kind;
        obj["apiVersion"] = apiVersion;
    }

    /// <summary>Checks fields of an object that arrived or that a patch made.</summary>
    public static void Check(ApiRequest q, ResourceInfo r, JsonObject obj, IReadOnlyList<string> duplicates)
    {
        List<string> problems = [.. Unknown(r, obj).Select(f => $"unknown field \"{f}\""), .. duplicates.Select(f => $"duplicate field \"{f}\"")];
        if (problems.Count > 0 && q.FieldValidation == "Strict")
            throw Errors.BadRequest(
                $"{r.Kind} in version \"{r.Version}\" cannot be handled as a {r.Kind}: strict decoding error: {string.Join(", ", problems)}"
            );
        if (q.FieldValidation == "Warn")
        {
            foreach (string problem in problems)
                Answers.Warn(q.Http, problem);
        }
        if (!r.IsCustom)
        {
            foreach (string unknown in Unknown(r, obj).ToList())
                obj.Remove(unknown);
        }
        if (Types(r, obj) is { } wrong)
            throw Errors.BadRequest($"{r.Kind} in version \"{r.Version}\" cannot be handled as a {r.Kind}: {wrong}");
    }

    private static IEnumerable<string> Unknown(ResourceInfo r, JsonObject obj)
    {
        if (r.IsCustom)
            return [];
        IReadOnlyList<string> known = FieldsOf(r);
        return known.Count == 0
            ? []
            : obj.Select(p => p.Key).Where(k => k is not ("kind" or "apiVersion" or "metadata") && !known.Contains(k, StringComparer.Ordinal));
    }

    private static string? Types(ResourceInfo r, JsonObject obj)
    {
        JsonObject? metadata = obj["metadata"] as JsonObject;
        foreach (string map in (ReadOnlySpan<string>)["labels", "annotations"])
        {
            if (NotText(metadata?[map]) is { } wrong)
                return $"json: cannot unmarshal {wrong} into Go struct field ObjectMeta.metadata.{map} of type string";
        }
        if (r.IsCustom)
            return null;
        if (r.Kind == "ConfigMap" && NotText(obj["data"]) is { } value)
            return $"json: cannot unmarshal {value} into Go struct field ConfigMap.data of type string";
        if (r.Kind != "Secret")
            return null;
        if (NotText(obj["stringData"]) is { } text)
            return $"json: cannot unmarshal {text} into Go struct field Secret.stringData of type string";
        if (NotText(obj["data"]) is { } data)
            return $"json: cannot unmarshal {data} into Go struct field Secret.data of type []uint8";
        foreach ((string _, JsonNode? node) in obj["data"] as JsonObject ?? [])
        {
            if (node is not null && Base64Text.FirstIllegal(node.GetValue<string>()) is int at)
                return $"illegal base64 data at input byte {at}";
        }
        return null;
    }

    private static string? NotText(JsonNode? map)
    {
        if (map is null)
            return null;
        if (map is not JsonObject obj)
            return Name(map.GetValueKind());
        foreach ((string _, JsonNode? value) in obj)
        {
            if (value is not null && value.GetValueKind() != JsonValueKind.String)
                return Name(value.GetValueKind());
        }
        return null;
    }

    private static string Name(JsonValueKind kind) =>
        kind switch
        {
            JsonValueKind.Number => "number",
            JsonValueKind.True or JsonValueKind.False => "bool",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            _ => "object",
        };
}
