using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Store;

/// <summary>
/// How a pod is deleted: one that runs on a node gets its grace period, and is there with a deletionTimestamp until the kubelet has ended its
/// containers (kubernetes' pkg/registry/core/pod/strategy.go, CheckGracefulDelete, and rest.BeforeDelete).
/// </summary>
internal static class PodEnd
{
    /// <summary>Marks a pod that gets time to end.</summary>
    /// <param name="pod">The pod; changed.</param>
    /// <param name="asked">The grace period that the deletion asks for, in seconds; null for the pod's own.</param>
    /// <param name="now">The time.</param>
    /// <returns>Whether it stays for now; false where it goes at once.</returns>
    public static bool Begin(JsonObject pod, long? asked, DateTimeOffset now)
    {
        JsonObject metadata = pod.ChildOrNew("metadata");
        long grace = asked ?? pod.Child("spec")?.Number("terminationGracePeriodSeconds") ?? 30;
        if (string.IsNullOrEmpty(pod.Child("spec")?.Text("nodeName")) || pod.Child("status")?.Text("phase") is "Succeeded" or "Failed")
            grace = 0;
        if (grace <= 0)
            return false;

        // A second deletion can only shorten what the first one gave.
        if (metadata.Text("deletionTimestamp") is not null && metadata.Number("deletionGracePeriodSeconds") is { } given && given <= grace)
            return true;
        metadata["deletionTimestamp"] = now.AddSeconds(grace).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
        metadata["deletionGracePeriodSeconds"] = grace;
        return true;
    }
}
