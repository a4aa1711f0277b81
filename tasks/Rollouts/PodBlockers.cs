using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Rollouts;

/// <summary>What keeps pods from becoming ready, in the kubelet's and the scheduler's words.</summary>
public static class PodBlockers
{
    /// <summary>One line a blocked pod; none for pods that are ready or only just starting.</summary>
    /// <param name="pods">The namespace's pods.</param>
    /// <param name="deployment">The Deployment whose pods are of interest: theirs names begin with it.</param>
    public static IReadOnlyList<string> Of(IEnumerable<JsonObject> pods, string deployment)
        => [.. pods
            .Where(pod => IsOf(pod, deployment) && pod["metadata"]?["deletionTimestamp"] is null)
            .Select(Blocker)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)];

    /// <summary>Whether the pod belongs to the Deployment, through its ReplicaSet.</summary>
    public static bool IsOf(JsonObject pod, string deployment)
    {
        ArgumentNullException.ThrowIfNull(pod);
        var owner = (pod["metadata"]?["ownerReferences"] as JsonArray ?? []).FirstOrDefault(reference => (string?)reference?["kind"] == "ReplicaSet");
        var replicaSet = (string?)owner?["name"];
        return replicaSet is not null && replicaSet.LastIndexOf('-') is var dash and > 0 && replicaSet[..dash] == deployment;
    }

    private static string? Blocker(JsonObject pod)
    {
        var name = (string?)pod["metadata"]?["name"];
        var status = pod["status"] as JsonObject ?? [];
        var containers = Statuses(status, "initContainerStatuses").Concat(Statuses(status, "containerStatuses"));
        foreach (var container in containers)
        {
            var waiting = container["state"]?["waiting"];
            var reason = (string?)waiting?["reason"];
            if (reason is null or "PodInitializing" or "ContainerCreating")
                continue;
            var last = container["lastState"]?["terminated"];
            var why = (string?)last?["message"] ?? (string?)waiting?["message"] ?? string.Empty;
            return $"pod {name}, container {(string?)container["name"]}: {reason}{(why.Length == 0 ? string.Empty : ": " + Short(why))}";
        }

        var unscheduled = (status["conditions"] as JsonArray ?? []).FirstOrDefault(condition =>
            (string?)condition?["type"] == "PodScheduled" && (string?)condition["status"] == "False");
        return unscheduled is null ? null : $"pod {name}: {(string?)unscheduled["reason"]}: {Short((string?)unscheduled["message"] ?? string.Empty)}";
    }

    private static IEnumerable<JsonObject> Statuses(JsonObject status, string kind) => (status[kind] as JsonArray ?? []).OfType<JsonObject>();

    private static string Short(string text)
    {
        var line = text.Trim().ReplaceLineEndings(" ");
        return line.Length > 240 ? line[..240] + "…" : line;
    }
}
