using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>The warnings that the API server gives on writes.</summary>
internal static class WriteWarnings
{
    private const string CriticalPod = "scheduler.alpha.kubernetes.io/critical-pod";

    private static readonly (string Label, string Since, string Instead)[] NodeLabels =
    [
        ("beta.kubernetes.io/arch", "v1.14", "kubernetes.io/arch"),
        ("beta.kubernetes.io/os", "v1.14", "kubernetes.io/os"),
        ("failure-domain.beta.kubernetes.io/region", "v1.17", "topology.kubernetes.io/region"),
        ("failure-domain.beta.kubernetes.io/zone", "v1.17", "topology.kubernetes.io/zone"),
        ("beta.kubernetes.io/instance-type", "v1.17", "node.kubernetes.io/instance-type"),
    ];

    /// <summary>Gives the warnings of a write.</summary>
    /// <param name="q">The request.</param>
    /// <param name="r">The object's resource.</param>
    /// <param name="obj">What was written.</param>
    /// <param name="before">What was there; null for a new object. A pod template that stayed as it was gives none.</param>
    public static void Give(ApiRequest q, ResourceInfo r, JsonObject obj, JsonObject? before = null)
    {
        if (r is { Kind: "Ingress", IsCustom: false } && obj.Child("metadata", "annotations")?.ContainsKey("kubernetes.io/ingress.class") == true)
            Answers.Warn(q.Http, "annotation \"kubernetes.io/ingress.class\" is deprecated, please use 'spec.ingressClassName' instead");
        if (r is { Kind: "Endpoints", Group: "" })
            Answers.Warn(q.Http, "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice");
        if (Template(r) is { } path && (before is null || !JsonNode.DeepEquals(before["metadata"]?["generation"], obj["metadata"]?["generation"])))
            GiveOfPod(q, path.Length == 0 ? obj : obj.Child(path), string.Concat(path.Select(field => field + ".")));
    }

    private static string[]? Template(ResourceInfo r) =>
        r switch
        {
            { IsCustom: true } => null,
            { Group: "", Kind: "Pod" } => [],
            { Group: "apps", Kind: "Deployment" or "ReplicaSet" or "DaemonSet" or "StatefulSet" } or { Group: "batch", Kind: "Job" } => ["spec", "template"],
            _ => null,
        };

    private static void GiveOfPod(ApiRequest q, JsonObject? pod, string path)
    {
        foreach (var (label, since, instead) in NodeLabels.Where(label => pod?.Child("spec", "nodeSelector")?.ContainsKey(label.Label) == true))
            Answers.Warn(q.Http, $"{path}spec.nodeSelector[{label}]: deprecated since {since}; use \"{instead}\" instead");
        if (pod?.Child("metadata", "annotations")?.ContainsKey(CriticalPod) == true)
            Answers.Warn(q.Http, $"{path}metadata.annotations[{CriticalPod}]: non-functional in v1.16+; use the \"priorityClassName\" field instead");
    }
}
