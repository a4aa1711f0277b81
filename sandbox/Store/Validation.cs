using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Flyte.MultiCluster.Sandbox.Store;

/// <summary>The validation rules that clients meet, in the API server's words (apimachinery's validation and Kubernetes' core validation packages).</summary>
internal static class Validation
{
    private static readonly Regex SubdomainPattern = new(
        @"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    );
    private static readonly Regex LabelPattern = new("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture);
    private static readonly Regex LabelValuePattern = new(
        "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    );
    private static readonly Regex KeyPattern = new("^[-._a-zA-Z0-9]+$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture);

    private const string Subdomain =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an "
        + "alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    private const string Label =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric "
        + "character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

    private const string Key =
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used "
        + "for validation is '[-._a-zA-Z0-9]+')";

    private const int SecretLimit = 1024 * 1024;

    /// <summary>What is wrong with a new object.</summary>
    public static IReadOnlyList<FieldError> OfNew(ResourceInfo r, JsonObject obj)
    {
        List<FieldError> errors = [];
        Name(r, obj.Metadata("name") ?? "", errors);
        Metadata(obj, errors);
        Content(r, obj, errors);
        return errors;
    }

    /// <summary>What is wrong with a changed object.</summary>
    public static IReadOnlyList<FieldError> OfChange(ResourceInfo r, JsonObject old, JsonObject obj)
    {
        List<FieldError> errors = [];
        Metadata(obj, errors);
        Content(r, obj, errors);
        if (!r.IsCustom)
            Immutable(r, old, obj, errors);
        return errors;
    }

    private static void Name(ResourceInfo r, string name, List<FieldError> errors)
    {
        if (r.Group == "rbac.authorization.k8s.io")
        {
            if (name.Contains('/', StringComparison.Ordinal) || name.Contains('%', StringComparison.Ordinal) || name is "." or "..")
                errors.Add(FieldError.Invalid("metadata.name", $"\"{name}\"", "may not contain '/'"));
            return;
        }
        bool label = r is { Kind: "Namespace" or "Service", IsCustom: false };
        if (label)
        {
            if (name.Length > 63)
                errors.Add(FieldError.Invalid("metadata.name", $"\"{name}\"", "must be no more than 63 characters"));
            if (!LabelPattern.IsMatch(name))
                errors.Add(FieldError.Invalid("metadata.name", $"\"{name}\"", Label));
            return;
        }
        if (name.Length > 253)
            errors.Add(FieldError.Invalid("metadata.name", $"\"{name}\"", "must be no more than 253 characters"));
        if (!SubdomainPattern.IsMatch(name))
            errors.Add(FieldError.Invalid("metadata.name", $"\"{name}\"", Subdomain));
    }

    private static void Metadata(JsonObject obj, List<FieldError> errors)
    {
        if (obj.Child("metadata", "labels") is { } labels)
        {
            foreach ((string _, JsonNode? node) in labels)
            {
                string value = node is JsonValue v && v.TryGetValue(out string? s) ? s : "";
                if (value.Length > 63)
                    errors.Add(FieldError.Invalid("metadata.labels", $"\"{value}\"", "must be no more than 63 bytes"));
                if (!LabelValuePattern.IsMatch(value))
                {
                    errors.Add(
                        FieldError.Invalid(
                            "metadata.labels",
                            $"\"{value}\"",
                            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end "
                                + "with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
                                + "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
                        )
                    );
                }
            }
        }
    }

    private static void Content(ResourceInfo r, JsonObject obj, List<FieldError> errors)
    {
        if (r.IsCustom)
            return;
        switch (r.Kind)
        {
            case "Secret":
                Data(obj, errors, base64: true);
                ServiceAccountToken(obj, errors);
                break;
            case "ConfigMap":
                Data(obj, errors, base64: false);
                break;
            case "Deployment" or "ReplicaSet" or "StatefulSet" or "DaemonSet":
                Selector(r, obj, errors);
                break;
        }
    }

    private static void Data(JsonObject obj, List<FieldError> errors, bool base64)
    {
        long total = 0;
        if (obj["data"] is JsonObject data)
        {
            foreach ((string key, JsonNode? node) in data)
            {
                if (key.Length > 253 || !KeyPattern.IsMatch(key))
                    errors.Add(FieldError.Invalid($"data[{key}]", $"\"{key}\"", Key));
                string value = node is JsonValue v && v.TryGetValue(out string? s) ? s : "";
                total += base64 ? Base64Text.Length(value) : System.Text.Encoding.UTF8.GetByteCount(value);
            }
        }
        if (total > SecretLimit)
            errors.Add(FieldError.TooLong(base64 ? "data" : "", SecretLimit));
    }

    private static void ServiceAccountToken(JsonObject obj, List<FieldError> errors)
    {
        if (
            obj.Text("type") == "kubernetes.io/service-account-token"
            && string.IsNullOrEmpty(obj.Child("metadata", "annotations")?.Text("kubernetes.io/service-account.name"))
        )
            errors.Add(FieldError.Required("metadata.annotations[kubernetes.io/service-account.name]"));
    }

    private static void Selector(ResourceInfo r, JsonObject obj, List<FieldError> errors)
    {
        JsonObject? labels = obj.Child("spec", "template", "metadata", "labels");
        if (obj.Child("spec", "selector") is not { Count: > 0 } selector)
        {
            errors.Add(FieldError.Required("spec.selector"));
            return;
        }
        if (selector["matchLabels"] is JsonObject match && match.Any(p => !JsonNode.DeepEquals(p.Value, labels?[p.Key])))
        {
            string value = "{" + string.Join(",", (labels ?? []).Select(l => $"\"{l.Key}\":{l.Value?.ToJsonString()}")) + "}";
            errors.Add(FieldError.Invalid("spec.template.metadata.labels", value, "`selector` does not match template `labels`"));
        }
        if (!obj.Child("spec", "template", "spec")!.Objects("containers").Any())
            errors.Add(FieldError.Required("spec.template.spec.containers"));
        foreach ((JsonObject container, int i) in obj.Child("spec", "template", "spec")!.Objects("containers").Select((c, i) => (c, i)))
        {
            if (string.IsNullOrEmpty(container.Text("name")))
                errors.Add(FieldError.Required($"spec.template.spec.containers[{i}].name"));
            if (string.IsNullOrEmpty(container.Text("image")) && r.Kind != "ReplicaSet")
                errors.Add(FieldError.Required($"spec.template.spec.containers[{i}].image"));
        }
    }

    private static void Immutable(ResourceInfo r, JsonObject old, JsonObject obj, List<FieldError> errors)
    {
        switch (r.Kind)
        {
            case "Secret":
                Same(old["type"], obj["type"], "type", errors);
                if (old.Flag("immutable") && !obj.Flag("immutable"))
                    errors.Add(new("immutable", "FieldValueForbidden", "Forbidden: field is immutable when `immutable` is set"));
                if (old.Flag("immutable") && !JsonNode.DeepEquals(old["data"], obj["data"]))
                    errors.Add(new("data", "FieldValueForbidden", "Forbidden: field is immutable when `immutable` is set"));
                break;
            case "ConfigMap" when old.Flag("immutable") && !JsonNode.DeepEquals(old["data"], obj["data"]):
                errors.Add(new("data", "FieldValueForbidden", "Forbidden: field is immutable when `immutable` is set"));
                break;
            case "Deployment" or "ReplicaSet" or "DaemonSet":
                Same(old.Child("spec")?["selector"], obj.Child("spec")?["selector"], "spec.selector", errors);
                break;
            case "RoleBinding" or "ClusterRoleBinding" when !JsonNode.DeepEquals(old["roleRef"], obj["roleRef"]):
                errors.Add(FieldError.Invalid("roleRef", GoValue(obj["roleRef"]), "cannot change roleRef"));
                break;
            case "Service"
                when old.Child("spec")?.Text("clusterIP") is { Length: > 0 } ip
                    && obj.Child("spec")?.Text("clusterIP") is { } now
                    && now != ip
                    && obj.Child("spec")?.Text("type") != "ExternalName":
                errors.Add(FieldError.Invalid("spec.clusterIPs[0]", $"[\"{now}\"]", "may not change once set"));
                break;
            case "Job":
                Same(old.Child("spec")?["template"], obj.Child("spec")?["template"], "spec.template", errors);
                break;
        }
    }

    private static void Same(JsonNode? old, JsonNode? now, string field, List<FieldError> errors)
    {
        if (!JsonNode.DeepEquals(old, now))
            errors.Add(FieldError.Invalid(field, GoValue(now), "field is immutable"));
    }

    private static string GoValue(JsonNode? node) => node?.ToJsonString(JsonReading.Compact) ?? "null";
}
