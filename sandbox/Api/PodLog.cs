using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>The log of a pod's container, which runs nothing: a line of its start, and where it has ended, what it said last.</summary>
internal static class PodLog
{
    private static readonly string[] Statuses = ["containerStatuses", "initContainerStatuses"];

    /// <summary>The log.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="container">The container that is asked for; null or empty for the only one.</param>
    /// <param name="previous">Whether the log of the container's last end is asked for.</param>
    /// <exception cref="ApiException">400: no such container, several, or none that has ended.</exception>
    public static string Of(JsonObject pod, string? container, bool previous)
    {
        string name = pod.Metadata("name") ?? "";
        string[] all = [.. Names(pod, "containers"), .. Names(pod, "initContainers")];
        if (string.IsNullOrEmpty(container))
        {
            container =
                all.Length == 1
                    ? all[0]
                    : throw Errors.BadRequest($"a container name must be specified for pod {name}, choose one of: [{string.Join(' ', all)}]");
        }

        if (!all.Contains(container, StringComparer.Ordinal))
            throw Errors.BadRequest($"container {container} is not valid for pod {name}");
        JsonObject? status = Statuses.SelectMany(list => pod.Child("status")?.Objects(list) ?? []).FirstOrDefault(s => s.Text("name") == container);
        JsonObject? last = status?.Child("lastState", "terminated");
        if (previous && last is null)
            throw Errors.BadRequest($"previous terminated container \"{container}\" in pod \"{name}\" not found");
        JsonObject? ended = previous ? last : status?.Child("state", "terminated") ?? (status?.Child("state", "running") is null ? last : null);
        if (ended is null && status?.Child("state", "running") is null)
            throw Errors.BadRequest(
                $"container \"{container}\" in pod \"{name}\" is waiting to start: {status?.Child("state", "waiting")?.Text("reason") ?? "ContainerCreating"}"
            );
        return $"The sandbox runs no containers; this stands for the log of container {container} of pod {name}.\n"
            + (ended?.Text("message") is { } message ? message.TrimEnd('\n') + "\n\n" : "");
    }

    private static IEnumerable<string> Names(JsonObject pod, string list) => (pod.Child("spec")?.Objects(list) ?? []).Select(c => c.Text("name") ?? "");
}
