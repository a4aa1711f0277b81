using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Kubernetes;

/// <summary>Paths of the API, by the rules of its URL structure.</summary>
public static class KubernetesPaths
{
    private static readonly HashSet<string> ClusterScoped = new(StringComparer.Ordinal)
    {
        "Namespace",
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
        "MutatingWebhookConfiguration",
        "ValidatingWebhookConfiguration",
        "PriorityClass",
        "StorageClass",
        "IngressClass",
        "PersistentVolume",
        "APIService",
    };

    /// <summary>A namespaced core object's path.</summary>
    public static string Core(string ns, string resource, string name) => $"/api/v1/namespaces/{ns}/{resource}/{Uri.EscapeDataString(name)}";

    /// <summary>A namespaced core collection's path.</summary>
    public static string Core(string ns, string resource) => $"/api/v1/namespaces/{ns}/{resource}";

    /// <summary>A Deployment's path.</summary>
    public static string Deployment(string ns, string name) => $"/apis/apps/v1/namespaces/{ns}/deployments/{Uri.EscapeDataString(name)}";

    /// <summary>The path of the object that a manifest describes.</summary>
    /// <param name="manifest">The object, with apiVersion, kind and metadata.name.</param>
    /// <param name="ns">The namespace for a namespaced object that names none.</param>
    public static string Of(JsonObject manifest, string ns)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var version = (string?)manifest["apiVersion"] ?? "v1";
        var kind = (string?)manifest["kind"] ?? string.Empty;
        var metadata = manifest["metadata"];
        var root = version.Contains('/', StringComparison.Ordinal) ? $"/apis/{version}" : $"/api/{version}";
        var scope = ClusterScoped.Contains(kind) ? string.Empty : $"/namespaces/{(string?)metadata?["namespace"] ?? ns}";
        return $"{root}{scope}/{Plural(kind)}/{Uri.EscapeDataString((string?)metadata?["name"] ?? string.Empty)}";
    }

    /// <summary>A kind's plural resource name, guessed by English rules, as it is for every kind of the chart.</summary>
    public static string Plural(string kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        var lower = kind.ToLowerInvariant();
        return lower switch
        {
            [.. var stem, 'y'] when !stem.EndsWith('a') && !stem.EndsWith('e') && !stem.EndsWith('o') => stem + "ies",
            [.., 's'] or [.., 'x'] or [.., 'c', 'h'] or [.., 's', 'h'] => lower + "es",
            _ => lower + "s",
        };
    }
}
