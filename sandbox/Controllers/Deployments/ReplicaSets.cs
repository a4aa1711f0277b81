using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Controllers.Core;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Controllers.Deployments;

/// <summary>A ReplicaSet's numbers.</summary>
internal static class ReplicaSets
{
    public const string Revision = "deployment.kubernetes.io/revision";
    public const string DesiredReplicas = "deployment.kubernetes.io/desired-replicas";
    public const string MaxReplicas = "deployment.kubernetes.io/max-replicas";
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    public static int Wanted(CachedObject set) => (int)(set.Object.Child("spec")?.Number("replicas") ?? 1);

    /// <summary>A number of its status.</summary>
    public static int Status(CachedObject set, string field) => (int)(set.Object.Child("status")?.Number(field) ?? 0);

    public static long RevisionOf(CachedObject set) =>
        long.TryParse(set.Object.Child("metadata", "annotations")?.Text(Revision), out var revision) ? revision : 0;

    /// <summary>A ReplicaSet for a Deployment's template.</summary>
    public static JsonObject For(JsonObject deployment, string hash, int replicas, long revision, ReplicaCounts counts)
    {
        var template = deployment.Child("spec", "template")!.Copy();
        template.ChildOrNew("metadata").ChildOrNew("labels")[PodTemplateHash.Label] = hash;
        var selector = deployment.Child("spec", "selector")!.Copy();
        selector.ChildOrNew("matchLabels")[PodTemplateHash.Label] = hash;
        var annotations = Annotations(deployment);
        annotations[Revision] = revision.ToString();
        annotations[DesiredReplicas] = counts.Desired.ToString();
        annotations[MaxReplicas] = counts.MaxTotal.ToString();
        return new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "ReplicaSet",
            ["metadata"] = new JsonObject
            {
                ["name"] = $"{deployment.Metadata("name")}-{hash}",
                ["namespace"] = deployment.Metadata("namespace"),
                ["labels"] = template["metadata"]!["labels"]!.DeepClone(),
                ["annotations"] = annotations,
                ["ownerReferences"] = new JsonArray(OwnerReference("apps/v1", "Deployment", deployment)),
            },
            ["spec"] = new JsonObject
            {
                ["replicas"] = replicas,
                ["selector"] = selector,
                ["template"] = template,
            },
        };
    }

    /// <summary>A managing owner's reference.</summary>
    public static JsonObject OwnerReference(string apiVersion, string kind, JsonObject owner) =>
        new()
        {
            ["apiVersion"] = apiVersion,
            ["kind"] = kind,
            ["name"] = owner.Metadata("name"),
            ["uid"] = owner.Metadata("uid"),
            ["controller"] = true,
            ["blockOwnerDeletion"] = true,
        };

    private static JsonObject Annotations(JsonObject deployment)
    {
        var annotations = deployment.Child("metadata", "annotations")?.Copy() ?? [];
        annotations.Remove(LastApplied);
        return annotations;
    }
}
