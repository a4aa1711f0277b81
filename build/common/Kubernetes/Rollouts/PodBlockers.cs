using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Kubernetes.Rollouts;

/// <summary>What keeps one pod from becoming ready.</summary>
/// <param name="Pod">The pod's name.</param>
/// <param name="Container">The container that is concerned; null for the pod as a whole.</param>
/// <param name="Reason">One word: <c>CrashLoopBackOff</c>, <c>FailedMount</c>.</param>
/// <param name="Message">What is said about it; empty for nothing.</param>
/// <param name="Restarts">How often the container was started again.</param>
/// <param name="HasEnded">Whether the container has ended with an error: its log says why.</param>
internal sealed record PodBlocker(string Pod, string? Container, string Reason, string Message, int Restarts = 0, bool HasEnded = false)
{
    private const int LongestLine = 240;

    /// <summary>The blocker in one line; of a container that has ended, with the last line that it wrote.</summary>
    public override string ToString()
    {
        var line = HasEnded ? LastLine(Message) : Message.Trim().ReplaceLineEndings(" ");

        // What was tried stands at the beginning, why it failed at the end.
        if (line.Length > LongestLine)
            line = $"{line[..(LongestLine / 2)]}…{line[^(LongestLine / 2)..]}";
        return $"pod {Pod}{(Container is null ? string.Empty : $", container {Container}")}: {Reason}{(line.Length == 0 ? string.Empty : ": " + line)}";
    }

    /// <summary>The line of a log that says how it ended: the last one that is not empty, or what a Go program panicked with, above its stack trace.</summary>
    /// <param name="log">The log, or its end.</param>
    public static string LastLine(string log)
    {
        ArgumentNullException.ThrowIfNull(log);
        string[] lines = [.. log.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];
        var trace = Array.FindLastIndex(lines, line => line.StartsWith("goroutine ", StringComparison.Ordinal) && line.EndsWith("]:", StringComparison.Ordinal));
        var panic = trace < 0 ? -1 : Array.FindLastIndex(lines, trace, line => line.StartsWith("panic: ", StringComparison.Ordinal) || line.StartsWith("fatal error: ", StringComparison.Ordinal));
        return panic >= 0 ? lines[panic] : lines.LastOrDefault() ?? string.Empty;
    }
}

/// <summary>What keeps pods from becoming ready, in the kubelet's and the scheduler's words.</summary>
internal static class PodBlockers
{
    private static readonly string[] StillStarting = ["PodInitializing", "ContainerCreating"];

    private static readonly string[] ImagePull = ["ErrImagePull", "ImagePullBackOff"];

    /// <summary>One line a blocked pod; none for pods that are ready or only just starting.</summary>
    /// <param name="pods">The namespace's pods.</param>
    /// <param name="deployment">The Deployment whose pods are of interest: their names begin with it.</param>
    /// <param name="events">The namespace's events of type Warning; none where they may not be read.</param>
    public static IReadOnlyList<string> Of(IEnumerable<JsonObject> pods, string deployment, IReadOnlyList<JsonObject>? events = null)
        => [.. Find(pods, deployment, events ?? []).Select(blocker => blocker.ToString()).Distinct(StringComparer.Ordinal)];

    /// <summary>The blocked pods of a Deployment; none for pods that are ready or only just starting.</summary>
    /// <param name="pods">The namespace's pods.</param>
    /// <param name="deployment">The Deployment's name.</param>
    /// <param name="events">The namespace's events of type Warning; none where they may not be read.</param>
    public static IReadOnlyList<PodBlocker> Find(IEnumerable<JsonObject> pods, string deployment, IReadOnlyList<JsonObject> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        return [.. pods.Where(pod => IsOf(pod, deployment) && !IsTerminating(pod)).Select(pod => Blocker(pod, events)).OfType<PodBlocker>()];
    }

    /// <summary>Whether events can say more of a pod than its own status does: it is not ready, and no container says why, or only that an image does not come.</summary>
    /// <param name="pods">The namespace's pods.</param>
    /// <param name="deployment">The Deployment's name.</param>
    public static bool NeedEvents(IEnumerable<JsonObject> pods, string deployment)
        => pods.Any(pod => IsOf(pod, deployment) && !IsTerminating(pod) && !IsReady(pod) && (Blocker(pod, []) is not { } blocker || ImagePull.Contains(blocker.Reason, StringComparer.Ordinal)));

    /// <summary>Whether the pod belongs to the Deployment, through its ReplicaSet.</summary>
    public static bool IsOf(JsonObject pod, string deployment)
    {
        ArgumentNullException.ThrowIfNull(pod);
        var owner = (pod["metadata"]?["ownerReferences"] as JsonArray ?? []).FirstOrDefault(reference => (string?)reference?["kind"] == "ReplicaSet");
        var replicaSet = (string?)owner?["name"];
        return replicaSet is not null && replicaSet.LastIndexOf('-') is var dash and > 0 && replicaSet[..dash] == deployment;
    }

    private static bool IsTerminating(JsonObject pod) => pod["metadata"]?["deletionTimestamp"] is not null;

    private static bool IsReady(JsonObject pod) => Condition(pod, "Ready") is { } ready && (string?)ready["status"] == "True";

    private static PodBlocker? Blocker(JsonObject pod, IReadOnlyList<JsonObject> events)
    {
        var name = (string?)pod["metadata"]?["name"] ?? string.Empty;
        JsonObject[] containers = [.. Statuses(pod, "initContainerStatuses"), .. Statuses(pod, "containerStatuses")];
        if (containers.Select(container => OfContainer(name, container)).FirstOrDefault(found => found is not null) is { } blocker)
        {
            // Older kubelets only say that they back off.
            return ImagePull.Contains(blocker.Reason, StringComparer.Ordinal) && !blocker.Message.Contains("rpc error", StringComparison.Ordinal)
                && Newest(pod, events, happened => ((string?)happened["message"])?.StartsWith("Failed to pull image", StringComparison.Ordinal) == true) is { } failed
                ? blocker with { Message = (string?)failed["message"] ?? blocker.Message }
                : blocker;
        }

        if (Condition(pod, "PodScheduled") is { } scheduled && (string?)scheduled["status"] == "False")
            return new PodBlocker(name, null, (string?)scheduled["reason"] ?? "Unschedulable", (string?)scheduled["message"] ?? string.Empty);
        if (IsReady(pod))
            return null;
        var runs = containers.Any(container => container["state"]?["running"] is not null || container["state"]?["terminated"] is not null);
        return Newest(pod, events, happened => IsOfNow((string?)happened["reason"], runs)) is { } warning
            ? new PodBlocker(name, null, (string?)warning["reason"] ?? string.Empty, (string?)warning["message"] ?? string.Empty)
            : null;
    }

    private static PodBlocker? OfContainer(string pod, JsonObject container)
    {
        var name = (string?)container["name"];
        var restarts = (int?)container["restartCount"] ?? 0;
        var last = container["lastState"]?["terminated"];
        if (container["state"]?["terminated"] is JsonObject ended)
        {
            return (int?)ended["exitCode"] is null or 0 ? null
                : new PodBlocker(pod, name, (string?)ended["reason"] ?? "Error", (string?)ended["message"] ?? string.Empty, restarts, HasEnded: true);
        }

        var waiting = container["state"]?["waiting"];
        if ((string?)waiting?["reason"] is not { } reason || StillStarting.Contains(reason, StringComparer.Ordinal))
            return null;
        var hasEnded = last is not null && reason == "CrashLoopBackOff";
        return new PodBlocker(pod, name, reason, (string?)last?["message"] ?? (string?)waiting["message"] ?? string.Empty, restarts, hasEnded);
    }

    // What kept a pod from its node or its volumes is over once a container has run.
    private static bool IsOfNow(string? reason, bool runs) => reason is not null && (runs ? reason == "Unhealthy" : reason is not ("Unhealthy" or "FailedScheduling"));

    private static JsonObject? Newest(JsonObject pod, IReadOnlyList<JsonObject> events, Func<JsonObject, bool> isMeant)
        => events.Where(happened => IsAbout(happened, pod) && isMeant(happened)).MaxBy(LastSeen);

    private static bool IsAbout(JsonObject happened, JsonObject pod)
        => (string?)happened["involvedObject"]?["uid"] is { } uid
            ? uid == (string?)pod["metadata"]?["uid"]
            : (string?)happened["involvedObject"]?["name"] == (string?)pod["metadata"]?["name"];

    private static DateTimeOffset? LastSeen(JsonObject happened)
        => KubernetesTime.Of(happened["series"]?["lastObservedTime"]) ?? KubernetesTime.Of(happened["lastTimestamp"]) ?? KubernetesTime.Of(happened["eventTime"]) ?? KubernetesTime.Of(happened["firstTimestamp"]);

    private static JsonNode? Condition(JsonObject pod, string type)
        => (pod["status"]?["conditions"] as JsonArray ?? []).FirstOrDefault(condition => (string?)condition?["type"] == type);

    private static IEnumerable<JsonObject> Statuses(JsonObject pod, string kind) => (pod["status"]?[kind] as JsonArray ?? []).OfType<JsonObject>();
}
