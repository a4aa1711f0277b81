using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Kubernetes.Rollouts;
using Flyte.MultiCluster.Common.Values;
using k8s.Models;

namespace Flyte.MultiCluster.Common.Flyte;

/// <summary>
/// Whether pods have read a stored credential: those that began after its last write have, those that began before have not. Times have a
/// resolution of a second; within that second the note decides, as long as it is of the pods' own template.
/// </summary>
public static class LoadedAnnotation
{
    private const string RestartedAt = "kubectl.kubernetes.io/restartedAt";

    // An API server orders maps, and a patch that was put in here does not.
    /// <summary>The note that the pods of a template have loaded a credential.</summary>
    /// <param name="digest">The credential's digest.</param>
    /// <param name="template">The Deployment's pod template.</param>
    public static string Of(string digest, JsonNode? template) =>
        $"{digest}.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(SortedJson.Of(template)?.ToJsonString() ?? string.Empty)))[..16]}";

    /// <summary>The digest of the credential that a note names.</summary>
    /// <param name="note">The note; null for none.</param>
    public static string? Digest(string? note) => note?.Split('.')[0];

    /// <summary>Whether all pods of a Deployment's present template have read what is stored.</summary>
    /// <param name="deployment">The Deployment.</param>
    /// <param name="pods">The namespace's pods.</param>
    /// <param name="written">When the credential was last written; null where that is not known.</param>
    /// <param name="digest">The stored credential's digest.</param>
    /// <param name="notes">The Deployment's notes that may name it.</param>
    public static bool AreLoaded(JsonObject deployment, IEnumerable<V1Pod> pods, DateTimeOffset? written, string digest, IEnumerable<string?> notes)
    {
        ArgumentNullException.ThrowIfNull(deployment);
        var template = deployment["spec"]?["template"];
        var isTied = notes.Contains(Of(digest, template), StringComparer.Ordinal);
        return pods.Where(pod => IsLive(pod, deployment, template))
            .Select(pod => (DateTimeOffset?)pod.Metadata.CreationTimestamp)
            .All(began => began > written || (isTied && !(began < written)));
    }

    /// <summary>A pod template as <c>kubectl rollout restart</c> makes it: with another time in it, so that there are new pods.</summary>
    /// <param name="template">The template.</param>
    /// <param name="now">The time.</param>
    /// <returns>The patch of the template, and the template that it makes.</returns>
    public static (JsonObject Patch, JsonObject Template) Restarted(JsonNode? template, DateTimeOffset now)
    {
        var restarted = template?.DeepClone() as JsonObject ?? [];
        var annotations = Child(Child(restarted, "metadata"), "annotations");
        var time = KubernetesTime.Written(now);
        if ((string?)annotations[RestartedAt] == time)
            time = KubernetesTime.Written(now.AddSeconds(1));
        annotations[RestartedAt] = time;
        return (new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [RestartedAt] = time } } }, restarted);
    }

    // Pods of an older template go by themselves. A template's annotations tell its pods: a restart's time, the checksum of the configuration.
    private static bool IsLive(V1Pod pod, JsonObject deployment, JsonNode? template) =>
        PodBlockers.IsOf(pod, (string?)deployment["metadata"]?["name"] ?? string.Empty)
        && !PodBlockers.IsTerminating(pod)
        && (template?["metadata"]?["annotations"] as JsonObject ?? []).All(note => pod.GetAnnotation(note.Key) == (string?)note.Value);

    private static JsonObject Child(JsonObject parent, string name)
    {
        if (parent[name] is not JsonObject child)
            parent[name] = child = [];
        return child;
    }
}
