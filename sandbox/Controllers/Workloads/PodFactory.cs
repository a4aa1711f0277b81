using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Controllers.Core;
using Flyte.MultiCluster.Sandbox.Controllers.Deployments;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Controllers.Workloads;

/// <summary>Makes pods from templates, and looks at the pods that an owner manages.</summary>
internal static class PodFactory
{
    /// <summary>A pod of an owner's template with a generated name.</summary>
    public static JsonObject For(string apiVersion, string kind, JsonObject owner, JsonObject template)
    {
        var metadata = new JsonObject { ["generateName"] = owner.Metadata("name") + "-", ["namespace"] = owner.Metadata("namespace") };
        foreach (var field in (ReadOnlySpan<string>)["labels", "annotations"])
        {
            if (template.Child("metadata")?[field] is JsonObject given)
                metadata[field] = given.DeepClone();
        }

        metadata["ownerReferences"] = new JsonArray(ReplicaSets.OwnerReference(apiVersion, kind, owner));
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = metadata,
            ["spec"] = template.Child("spec")?.DeepClone() ?? new JsonObject(),
        };
    }

    public static bool IsReady(CachedObject pod) => Conditions.IsTrue(pod.Object.Child("status"), "Ready");

    public static string Phase(CachedObject pod) => pod.Object.Child("status")?.Text("phase") ?? "Pending";

    /// <summary>Whether it has neither ended nor is being deleted.</summary>
    public static bool IsActive(CachedObject pod) => !pod.Deleting && Phase(pod) is not ("Succeeded" or "Failed");

    /// <summary>Whether a change of a pod matters to its owner: it came, went, ended, or its readiness changed.</summary>
    public static bool MattersToOwner(Change change) =>
        change.Old is null
        || change.Now is null
        || change.Old.Deleting != change.Now.Deleting
        || Phase(change.Old) != Phase(change.Now)
        || IsReady(change.Old) != IsReady(change.Now);
}
