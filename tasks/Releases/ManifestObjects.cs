using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Kubernetes;
using Flyte.MultiCluster.Values;

namespace Flyte.MultiCluster.Releases;

/// <summary>The objects of a release's manifest, and what became of them in the cluster.</summary>
public static class ManifestObjects
{
    /// <summary>The manifest's objects, in its order.</summary>
    /// <exception cref="FormatException">The manifest is no YAML.</exception>
    public static IReadOnlyList<JsonObject> Parse(string manifest, IHelmValues values)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(values);
        return [.. Documents(manifest).Select(document => values.Parse(document, "manifest")).Where(document => document["kind"] is not null)];
    }

    /// <summary>The manifest's objects of a kind, in its order; the others are not parsed.</summary>
    /// <exception cref="FormatException">One of them is no YAML.</exception>
    public static IReadOnlyList<JsonObject> OfKind(string manifest, string kind, IHelmValues values)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(values);
        return [.. Documents(manifest)
            .Where(document => document.Contains($"kind: {kind}", StringComparison.Ordinal))
            .Select(document => values.Parse(document, "manifest"))
            .Where(document => (string?)document["kind"] == kind)];
    }

    // Line by line: a block scalar at a document's end keeps its newlines.
    private static IEnumerable<string> Documents(string manifest)
    {
        var document = new StringBuilder();
        foreach (var line in manifest.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n'))
        {
            if (line is "---" || line.StartsWith("--- ", StringComparison.Ordinal) || line.StartsWith("---\t", StringComparison.Ordinal))
            {
                yield return document.ToString();
                document.Clear();
            }
            else
            {
                document.Append(line).Append('\n');
            }
        }

        // Split's last piece is what follows the last newline.
        document.Length--;

        yield return document.ToString();
    }

    /// <summary>
    /// What differs in the cluster from the release's manifest: objects that are gone, changed ConfigMap entries and changed containers.
    /// Only fields that the API server stores as they were sent are compared.
    /// </summary>
    /// <returns>One phrase a difference; none when the cluster is as Helm left it.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public static async Task<IReadOnlyList<string>> DriftAsync(ClusterApi api, string ns, HelmRelease release, IHelmValues values, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(api);
        ArgumentNullException.ThrowIfNull(release);
        var drift = await Task.WhenAll(Parse(release.Manifest, values).Select(async wanted =>
            Difference(wanted, await api.GetAsync(KubernetesPaths.Of(wanted, ns), cancellationToken))));
        return [.. drift.OfType<string>()];
    }

    private static string? Difference(JsonObject wanted, JsonObject? live)
    {
        var kind = (string?)wanted["kind"];
        var name = $"{kind} {(string?)wanted["metadata"]?["name"]}";
        if (live is null)
            return $"{name} is gone";
        return kind switch
        {
            "ConfigMap" when ChangedEntry(wanted["data"] as JsonObject, live["data"] as JsonObject) is { } entry => $"{name} has another {entry}",
            "Deployment" when ChangedContainer(wanted, live) is { } container => $"{name} has another {container}",
            _ => null,
        };
    }

    private static string? ChangedEntry(JsonObject? wanted, JsonObject? live)
        => (wanted ?? []).FirstOrDefault(entry => !JsonNode.DeepEquals(entry.Value, live?[entry.Key])).Key;

    private static string? ChangedContainer(JsonObject wanted, JsonObject live)
    {
        foreach (var container in Containers(wanted))
        {
            var name = (string?)container["name"];
            var same = Containers(live).FirstOrDefault(other => (string?)other["name"] == name);
            if (same is null)
                return $"container {name}";
            foreach (var field in new[] { "image", "command", "args" })
            {
                if (container[field] is { } value && !JsonNode.DeepEquals(value, same[field]))
                    return $"container {name} {field}";
            }
        }

        return null;
    }

    private static IEnumerable<JsonObject> Containers(JsonObject deployment)
        => (deployment["spec"]?["template"]?["spec"]?["containers"] as JsonArray ?? []).OfType<JsonObject>();
}
