using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>A pod's Table cells (Kubernetes' printPod).</summary>
internal static class PodCells
{
    /// <summary>Ready containers of all containers.</summary>
    public static string Ready(JsonObject pod) =>
        $"{Statuses(pod, "containerStatuses").Count(c => c.Flag("ready"))}/{pod.Child("spec")?.Objects("containers").Count() ?? 0}";

    /// <summary>The phase, or what holds it.</summary>
    public static string Status(JsonObject pod)
    {
        if (pod.Metadata("deletionTimestamp") is not null)
            return "Terminating";
        string reason = pod.Child("status")?.Text("reason") ?? pod.Child("status")?.Text("phase") ?? "Unknown";
        foreach (JsonObject c in Statuses(pod, "containerStatuses").Reverse())
        {
            if (c.Child("state", "waiting")?.Text("reason") is { Length: > 0 } waiting)
                reason = waiting;
            else if (c.Child("state", "terminated") is { } ended)
                reason = ended.Text("reason") is { Length: > 0 } r ? r : $"ExitCode:{ended.Number("exitCode")}";
        }
        return reason;
    }

    /// <summary>How often containers restarted, and when last.</summary>
    public static string Restarts(JsonObject pod, DateTimeOffset now)
    {
        long restarts = Statuses(pod, "containerStatuses").Sum(c => c.Number("restartCount") ?? 0);
        string? last = Statuses(pod, "containerStatuses")
            .Select(c => c.Child("lastState", "terminated")?.Text("finishedAt"))
            .Where(t => t is not null)
            .Max(StringComparer.Ordinal);
        return restarts == 0 || last is null ? restarts.ToString() : $"{restarts} ({TableColumn.Since(last, now)} ago)";
    }

    private static IEnumerable<JsonObject> Statuses(JsonObject pod, string list) => pod.Child("status")?.Objects(list) ?? [];
}
