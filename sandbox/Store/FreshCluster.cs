using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Store;

/// <summary>What a cluster holds before anybody used it.</summary>
internal static class FreshCluster
{
    private const string Writer = "kube-apiserver";

    /// <summary>The namespaces, their service accounts, the kubernetes Service and the priority classes.</summary>
    public static void Fill(ObjectStore store)
    {
        foreach (string ns in (ReadOnlySpan<string>)["kube-system", "kube-public", "kube-node-lease", "default"])
            store.Create("", "namespaces", null, Named(ns), Writer);
        JsonObject service = Named("kubernetes");
        service["metadata"]!["labels"] = new JsonObject { ["component"] = "apiserver", ["provider"] = "kubernetes" };
        service["spec"] = new JsonObject
        {
            ["clusterIP"] = "10.96.0.1",
            ["ports"] = new JsonArray(
                new JsonObject
                {
                    ["name"] = "https",
                    ["port"] = 443,
                    ["protocol"] = "TCP",
                    ["targetPort"] = 6443,
                }
            ),
        };
        store.Create("", "services", "default", service, Writer);
        PriorityClass(
            store,
            "system-cluster-critical",
            2000000000,
            "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary."
        );
        PriorityClass(store, "system-node-critical", 2000001000, "Used for system critical pods that must not be moved from their current node.");
    }

    /// <summary>A namespace's default service account.</summary>
    public static void FillNamespace(ObjectStore store, string ns) => store.Create("", "serviceaccounts", ns, Named("default"), "kube-controller-manager");

    private static void PriorityClass(ObjectStore store, string name, int value, string description)
    {
        JsonObject priority = Named(name);
        priority["value"] = value;
        priority["description"] = description;
        store.Create("scheduling.k8s.io", "priorityclasses", null, priority, Writer);
    }

    private static JsonObject Named(string name) => new() { ["metadata"] = new JsonObject { ["name"] = name } };
}
