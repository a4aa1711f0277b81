using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Store;

/// <summary>A pod's quality of service class.</summary>
internal static class PodQuality
{
    /// <summary>Guaranteed, Burstable or BestEffort.</summary>
    public static string Of(JsonObject pod)
    {
        JsonObject? spec = pod.Child("spec");
        if (spec is null)
            return "BestEffort";
        List<JsonObject?> resources = [.. spec.Objects("containers").Select(c => c.Child("resources"))];
        if (resources.All(r => r is null || r.Count == 0))
            return "BestEffort";
        bool guaranteed = resources.All(r =>
            r?["limits"] is JsonObject limits
            && limits.ContainsKey("cpu")
            && limits.ContainsKey("memory")
            && (r["requests"] is not JsonObject requests || requests.All(q => !limits.ContainsKey(q.Key) || JsonNode.DeepEquals(q.Value, limits[q.Key])))
        );
        return guaranteed ? "Guaranteed" : "Burstable";
    }
}
