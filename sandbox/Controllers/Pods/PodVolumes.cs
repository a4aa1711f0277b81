using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Controllers.Core;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Controllers.Pods;

/// <summary>A Secret or ConfigMap that a volume shows.</summary>
/// <param name="Volume">The volume's name.</param>
/// <param name="Key">Which object.</param>
/// <param name="Optional">Whether the pod starts without it.</param>
/// <param name="Items">File names by key; null when every key is a file of its name.</param>
internal sealed record VolumeSource(string Volume, ObjectKey Key, bool Optional, IReadOnlyDictionary<string, string>? Items)
{
    /// <summary>The kubelet's word for the kind.</summary>
    public string Kind => Key.Resource == "secrets" ? "secret" : "configmap";
}

/// <summary>What a pod's volumes of Secrets and ConfigMaps hold.</summary>
internal static class PodVolumes
{
    /// <summary>All sources of a pod, those inside projected volumes too.</summary>
    public static IEnumerable<VolumeSource> Of(JsonObject pod)
    {
        var ns = pod.Metadata("namespace") ?? "";
        foreach (var volume in pod.Child("spec")?.Objects("volumes") ?? [])
        {
            var name = volume.Text("name") ?? "";
            foreach (var source in volume.Child("projected")?.Objects("sources") ?? [])
            {
                if (Source(ns, name, source, "name") is { } projected)
                    yield return projected;
            }

            if (Source(ns, name, volume, "secretName") is { } own)
                yield return own;
        }
    }

    /// <summary>What a container reads at a path; null when there is no such file.</summary>
    public static byte[]? Read(Cluster cluster, JsonObject pod, JsonObject container, string path)
    {
        var mount = container
            .Objects("volumeMounts")
            .Select(m => (Name: m.Text("name"), Path: (m.Text("mountPath") ?? "").TrimEnd('/') + "/"))
            .Where(m => path.StartsWith(m.Path, StringComparison.Ordinal))
            .OrderByDescending(m => m.Path.Length)
            .FirstOrDefault();
        if (mount.Name is null)
            return null;
        var file = path[mount.Path.Length..];
        return Of(pod).Where(s => s.Volume == mount.Name).Select(s => Content(cluster, s, file)).FirstOrDefault(c => c is not null);
    }

    /// <summary>The names of the files that a container finds in the folder of a mount; none where nothing is mounted there.</summary>
    public static IEnumerable<string> List(Cluster cluster, JsonObject pod, JsonObject container, string folder)
    {
        string[] mounts =
        [
            .. container.Objects("volumeMounts").Where(m => (m.Text("mountPath") ?? "").TrimEnd('/') == folder.TrimEnd('/')).Select(m => m.Text("name") ?? ""),
        ];
        return Of(pod).Where(s => mounts.Contains(s.Volume, StringComparer.Ordinal)).SelectMany(s => Names(cluster, s));
    }

    private static IEnumerable<string> Names(Cluster cluster, VolumeSource source) =>
        source.Items?.Values
        ?? (cluster.Get(source.Key) is { } obj ? (obj.Child("data") ?? []).Concat(obj.Child("binaryData") ?? []).Select(entry => entry.Key) : []);

    private static byte[]? Content(Cluster cluster, VolumeSource source, string file)
    {
        var key = file;
        if (source.Items is { } items)
            key = items.Where(i => i.Value == file).Select(i => i.Key).FirstOrDefault();
        if (key is null || cluster.Get(source.Key) is not { } obj)
            return null;
        if (source.Key.Resource == "secrets")
            return obj.Child("data")?.Text(key) is { } encoded ? Convert.FromBase64String(encoded) : null;
        return obj.Child("data")?.Text(key) is { } text ? Encoding.UTF8.GetBytes(text)
            : obj.Child("binaryData")?.Text(key) is { } binary ? Convert.FromBase64String(binary)
            : null;
    }

    private static VolumeSource? Source(string ns, string volume, JsonObject holder, string secretName)
    {
        if (holder.Child("secret") is { } secret && secret.Text(secretName) is { } s)
            return new VolumeSource(volume, ObjectKey.Secret(ns, s), secret.Flag("optional"), Items(secret));
        if (holder.Child("configMap") is { } map && map.Text("name") is { } m)
            return new VolumeSource(volume, ObjectKey.ConfigMap(ns, m), map.Flag("optional"), Items(map));
        return null;
    }

    private static Dictionary<string, string>? Items(JsonObject source) =>
        source["items"] is JsonArray ? source.Objects("items").ToDictionary(i => i.Text("key") ?? "", i => i.Text("path") ?? "", StringComparer.Ordinal) : null;
}
