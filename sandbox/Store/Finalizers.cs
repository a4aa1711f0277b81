using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Store;

/// <summary>What holds an object after its deletion.</summary>
internal static class Finalizers
{
    private const string Definition = "customresourcecleanup.apiextensions.k8s.io";

    /// <summary>Whether nothing holds the object.</summary>
    public static bool None(JsonObject obj) =>
        obj.Child("metadata")!.Texts("finalizers").Length == 0
        && (obj.Text("kind") != "Namespace" || obj.Child("spec") is not { } spec || spec.Texts("finalizers").Length == 0);

    /// <summary>Marks the object for the propagation policy and for what its kind needs.</summary>
    public static void OnDelete(ResourceInfo r, JsonObject obj, string? propagationPolicy)
    {
        switch (r.Kind)
        {
            case "Namespace":
                obj.ChildOrNew("status")["phase"] = "Terminating";
                return;
            case "CustomResourceDefinition" when !r.IsCustom:
                Add(obj, Definition);
                return;
        }
        if (propagationPolicy == "Orphan")
            Add(obj, "orphan");
        else if (propagationPolicy == "Foreground")
            Add(obj, "foregroundDeletion");
        if (!None(obj) && !obj.Child("metadata")!.ContainsKey("deletionTimestamp"))
            obj.Child("metadata")!["deletionGracePeriodSeconds"] = 0;
    }

    private static void Add(JsonObject obj, string finalizer)
    {
        JsonObject metadata = obj.ChildOrNew("metadata");
        if (!metadata.Texts("finalizers").Contains(finalizer, StringComparer.Ordinal))
            metadata["finalizers"] = new JsonArray([.. metadata.Texts("finalizers").Append(finalizer).Select(f => (JsonNode)f)]);
    }
}
