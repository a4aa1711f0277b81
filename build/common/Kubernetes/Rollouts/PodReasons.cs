using System.Collections.Concurrent;
using System.Net;
using k8s.Models;

namespace Flyte.MultiCluster.Common.Kubernetes.Rollouts;

/// <summary>
/// Why pods do not become ready: their containers' states, their events, and how the logs of containers that have ended end. Events and logs are
/// asked for only where the states do not say it, and are done without where they may not be read.
/// </summary>
/// <param name="api">The cluster.</param>
/// <param name="ns">The namespace.</param>
/// <param name="logs">Keeps the logs of containers that have ended; null to keep none.</param>
/// <param name="refused">Gets a line, once, where events may not be read; null for nobody.</param>
public sealed class PodReasons(ClusterApi api, string ns, PodLogs? logs = null, Action<string>? refused = null)
{
    private const int Lines = 500;

    private readonly ConcurrentDictionary<(string Pod, string Container, int Restarts), (string Log, string? File)> _ends = new();
    private bool _mayNotReadEvents;

    /// <summary>What blocks the pods of some Deployments.</summary>
    /// <param name="pods">The namespace's pods.</param>
    /// <param name="deployments">The Deployments' names.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <returns>Each Deployment's lines, one a blocked pod.</returns>
    /// <exception cref="KubernetesApiException">The server did not answer.</exception>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> OfAsync(
        IReadOnlyList<V1Pod> pods,
        IReadOnlyCollection<string> deployments,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(deployments);
        var events = deployments.Any(deployment => PodBlockers.NeedEvents(pods, deployment)) ? await EventsAsync(cancellationToken) : [];
        var reported = await Task.WhenAll(
            deployments.Select(async deployment =>
            {
                var lines = await Task.WhenAll(PodBlockers.Find(pods, deployment, events).Select(blocker => LineAsync(blocker, cancellationToken)));
                return KeyValuePair.Create(deployment, (IReadOnlyList<string>)[.. lines.Distinct(StringComparer.Ordinal)]);
            })
        );
        return reported.ToDictionary(StringComparer.Ordinal);
    }

    private async Task<IReadOnlyList<Corev1Event>> EventsAsync(CancellationToken cancellationToken)
    {
        if (_mayNotReadEvents)
            return [];
        try
        {
            var warnings = $"{KubernetesPaths.Core(ns, "events")}?fieldSelector={Uri.EscapeDataString("involvedObject.kind=Pod,type=Warning")}";
            return [.. (await api.GetAsync<Corev1EventList>(warnings, cancellationToken))?.Items ?? []];
        }
        catch (KubernetesApiException exception) when (exception.Status == HttpStatusCode.Forbidden)
        {
            _mayNotReadEvents = true;
            refused?.Invoke($"Events in namespace {ns} cannot be read (list events), so it is not known why a pod has no running container.");
            return [];
        }
    }

    private async Task<string> LineAsync(PodBlocker blocker, CancellationToken cancellationToken)
    {
        if (!blocker.HasEnded || blocker.Container is not { } container)
            return blocker.ToString();
        var key = (blocker.Pod, container, blocker.Restarts);
        if (!_ends.TryGetValue(key, out var end))
        {
            var log = await LogAsync(blocker.Pod, container, cancellationToken) is { } read ? PodLogs.Masked(read) : null;
            end = (
                PodBlocker.LastLine(log ?? string.Empty).Length > 0 ? log! : PodLogs.Masked(blocker.Message),
                log is null ? null : logs?.Keep(blocker.Pod, container, log)
            );
            _ends[key] = end;
        }

        return $"{blocker with { Message = end.Log }}{(end.File is null ? string.Empty : $" (its log: {end.File})")}";
    }

    // A container that has not been started again yet has no previous one.
    private async Task<string?> LogAsync(string pod, string container, CancellationToken cancellationToken)
    {
        var path = $"{KubernetesPaths.Core(ns, "pods", pod)}/log?container={Uri.EscapeDataString(container)}&tailLines={Lines}";
        return await api.GetTextAsync($"{path}&previous=true", cancellationToken) ?? await api.GetTextAsync(path, cancellationToken);
    }
}
