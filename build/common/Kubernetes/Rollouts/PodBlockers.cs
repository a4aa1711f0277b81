using k8s.Models;

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
        var trace = Array.FindLastIndex(
            lines,
            line => line.StartsWith("goroutine ", StringComparison.Ordinal) && line.EndsWith("]:", StringComparison.Ordinal)
        );
        var panic =
            trace < 0
                ? -1
                : Array.FindLastIndex(
                    lines,
                    trace,
                    line => line.StartsWith("panic: ", StringComparison.Ordinal) || line.StartsWith("fatal error: ", StringComparison.Ordinal)
                );
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
    public static IReadOnlyList<string> Of(IEnumerable<V1Pod> pods, string deployment, IReadOnlyList<Corev1Event>? events = null) =>
        [.. Find(pods, deployment, events ?? []).Select(blocker => blocker.ToString()).Distinct(StringComparer.Ordinal)];

    /// <summary>The blocked pods of a Deployment; none for pods that are ready or only just starting.</summary>
    /// <param name="pods">The namespace's pods.</param>
    /// <param name="deployment">The Deployment's name.</param>
    /// <param name="events">The namespace's events of type Warning; none where they may not be read.</param>
    public static IReadOnlyList<PodBlocker> Find(IEnumerable<V1Pod> pods, string deployment, IReadOnlyList<Corev1Event> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        return [.. pods.Where(pod => IsOf(pod, deployment) && !IsTerminating(pod)).Select(pod => Blocker(pod, events)).OfType<PodBlocker>()];
    }

    /// <summary>Whether events can say more of a pod than its own status does: it is not ready, and no container says why, or only that an image does not
    /// come.</summary>
    public static bool NeedEvents(IEnumerable<V1Pod> pods, string deployment) =>
        pods.Any(pod =>
            IsOf(pod, deployment)
            && !IsTerminating(pod)
            && !IsReady(pod)
            && (Blocker(pod, []) is not { } blocker || ImagePull.Contains(blocker.Reason, StringComparer.Ordinal))
        );

    /// <summary>Whether the pod belongs to the Deployment, through its ReplicaSet.</summary>
    public static bool IsOf(V1Pod pod, string deployment) =>
        ReplicaSet(pod) is { } replicaSet && replicaSet.LastIndexOf('-') is var dash and > 0 && replicaSet[..dash] == deployment;

    /// <summary>The name of the ReplicaSet that the pod is of; null for none.</summary>
    public static string? ReplicaSet(V1Pod pod)
    {
        ArgumentNullException.ThrowIfNull(pod);
        return pod.Metadata?.OwnerReferences?.FirstOrDefault(reference => reference.Kind == "ReplicaSet")?.Name;
    }

    /// <summary>Whether the pod is being deleted.</summary>
    public static bool IsTerminating(V1Pod pod)
    {
        ArgumentNullException.ThrowIfNull(pod);
        return pod.Metadata?.DeletionTimestamp is not null;
    }

    private static bool IsReady(V1Pod pod) => Condition(pod, "Ready")?.Status == "True";

    private static PodBlocker? Blocker(V1Pod pod, IReadOnlyList<Corev1Event> events)
    {
        var name = pod.Metadata?.Name ?? string.Empty;
        V1ContainerStatus[] containers = [.. pod.Status?.InitContainerStatuses ?? [], .. pod.Status?.ContainerStatuses ?? []];
        if (containers.Select(container => OfContainer(name, container)).FirstOrDefault(found => found is not null) is { } blocker)
        {
            // Older kubelets only say that they back off.
            return
                ImagePull.Contains(blocker.Reason, StringComparer.Ordinal)
                && !blocker.Message.Contains("rpc error", StringComparison.Ordinal)
                && Newest(pod, events, happened => happened.Message?.StartsWith("Failed to pull image", StringComparison.Ordinal) == true) is { } failed
                ? blocker with
                {
                    Message = failed.Message,
                }
                : blocker;
        }

        if (Condition(pod, "PodScheduled") is { Status: "False" } scheduled)
            return new PodBlocker(name, null, scheduled.Reason ?? "Unschedulable", scheduled.Message ?? string.Empty);
        if (IsReady(pod))
            return null;
        var runs = containers.Any(container => container.State?.Running is not null || container.State?.Terminated is not null);
        return Newest(pod, events, happened => IsOfNow(happened.Reason, runs)) is { } warning
            ? new PodBlocker(name, null, warning.Reason, warning.Message ?? string.Empty)
            : null;
    }

    private static PodBlocker? OfContainer(string pod, V1ContainerStatus container)
    {
        var last = container.LastState?.Terminated;
        if (container.State?.Terminated is { } ended)
        {
            return ended.ExitCode == 0
                ? null
                : new PodBlocker(pod, container.Name, ended.Reason ?? "Error", ended.Message ?? string.Empty, container.RestartCount, HasEnded: true);
        }

        if (container.State?.Waiting is not { Reason: { } reason } waiting || StillStarting.Contains(reason, StringComparer.Ordinal))
            return null;
        var hasEnded = last is not null && reason == "CrashLoopBackOff";
        return new PodBlocker(pod, container.Name, reason, last?.Message ?? waiting.Message ?? string.Empty, container.RestartCount, hasEnded);
    }

    // What kept a pod from its node or its volumes is over once a container has run.
    private static bool IsOfNow(string? reason, bool runs) =>
        reason is not null && (runs ? reason == "Unhealthy" : reason is not ("Unhealthy" or "FailedScheduling"));

    private static Corev1Event? Newest(V1Pod pod, IReadOnlyList<Corev1Event> events, Func<Corev1Event, bool> isMeant) =>
        events.Where(happened => IsAbout(happened, pod) && isMeant(happened)).MaxBy(LastSeen);

    private static bool IsAbout(Corev1Event happened, V1Pod pod) =>
        happened.InvolvedObject?.Uid is { } uid ? uid == pod.Metadata?.Uid : happened.InvolvedObject?.Name == pod.Metadata?.Name;

    private static DateTime? LastSeen(Corev1Event happened) =>
        happened.Series?.LastObservedTime ?? happened.LastTimestamp ?? happened.EventTime ?? happened.FirstTimestamp;

    private static V1PodCondition? Condition(V1Pod pod, string type) => pod.Status?.Conditions?.FirstOrDefault(condition => condition.Type == type);
}
