using k8s.Models;

namespace Flyte.MultiCluster.Common.Kubernetes.Rollouts;

/// <summary>
/// The pods that a rollout has replaced and that are still there: a Deployment's status counts no pods that are being deleted, and these go on
/// answering requests, with what they read when they started, until they have ended.
/// </summary>
/// <param name="api">The cluster.</param>
/// <param name="ns">The namespace.</param>
/// <param name="deployment">The Deployment, whose rollout is complete.</param>
public sealed class ReplacedPods(ClusterApi api, string ns, string deployment)
{
    // Beyond the grace period: the kubelet kills, and reports it to the API server.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private const int DefaultGrace = 30;

    /// <summary>The pods of older ReplicaSets that may still answer.</summary>
    /// <param name="pods">The namespace's pods.</param>
    /// <param name="deployment">The Deployment's name.</param>
    public static IReadOnlyList<V1Pod> Of(IEnumerable<V1Pod> pods, string deployment)
    {
        V1Pod[] own = [.. pods.Where(pod => PodBlockers.IsOf(pod, deployment) && pod.Status?.Phase is not ("Succeeded" or "Failed"))];
        var newest = own.Where(pod => !PodBlockers.IsTerminating(pod)).MaxBy(pod => pod.Metadata.CreationTimestamp);
        return [.. own.Where(pod => newest is null ? PodBlockers.IsTerminating(pod) : PodBlockers.ReplicaSet(pod) != PodBlockers.ReplicaSet(newest))];
    }

    /// <summary>Waits until none is left, at most as long as they have to end.</summary>
    /// <param name="report">Gets a line where there is something to wait for.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <param name="seen">The namespace's pods, where they were read just now.</param>
    /// <returns>How long was waited, and what is left all the same.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<ReplacedPodsWait> UntilGoneAsync(Action<string> report, CancellationToken cancellationToken, IReadOnlyList<V1Pod>? seen = null)
    {
        ArgumentNullException.ThrowIfNull(report);
        var began = api.Time.GetUtcNow();
        var reported = false;
        var until = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        while (true)
        {
            var pods = Of(seen ?? await api.PodsAsync(ns, cancellationToken), deployment);
            seen = null;
            var now = api.Time.GetUtcNow();
            foreach (var pod in pods)
                until.TryAdd(Name(pod), Deadline(pod, now));
            string[] left = [.. pods.Select(Name)];
            if (left.All(name => until[name] <= now))
                return new ReplacedPodsWait(now - began, until.Count - left.Length, left);
            if (!reported)
                report(
                    $"waiting for {Format(left.Length)} of {deployment} to end: until then {(left.Length == 1 ? "it answers" : "they answer")} "
                        + "with the old configuration"
                );
            reported = true;
            await Task.Delay(Pause, api.Time, cancellationToken);
        }
    }

    /// <summary>A number of replaced pods, in words.</summary>
    public static string Format(int pods) => pods == 1 ? "1 replaced pod" : $"{pods} replaced pods";

    // deletionTimestamp is when the grace period ends. One on a node that is lost stays for ever.
    private static DateTimeOffset Deadline(V1Pod pod, DateTimeOffset now)
    {
        var grace = pod.Metadata.DeletionGracePeriodSeconds ?? pod.Spec?.TerminationGracePeriodSeconds ?? DefaultGrace;
        var longest = now + TimeSpan.FromSeconds(grace) + Margin;
        return pod.Metadata.DeletionTimestamp is { } deletion && new DateTimeOffset(deletion) + Margin is var end && end < longest ? end : longest;
    }

    private static string Name(V1Pod pod) => pod.Metadata.Name ?? string.Empty;
}

/// <summary>How a wait for replaced pods ended.</summary>
/// <param name="Waited">How long it took.</param>
/// <param name="Gone">How many have ended meanwhile.</param>
/// <param name="Left">Those that are there beyond their grace period.</param>
public sealed record ReplacedPodsWait(TimeSpan Waited, int Gone, IReadOnlyList<string> Left);
