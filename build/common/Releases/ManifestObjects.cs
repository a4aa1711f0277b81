using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Releases;

/// <summary>The objects of a release's manifest, and what became of them in the cluster.</summary>
public static class ManifestObjects
{
    /// <summary>The manifest's objects, in its order.</summary>
    /// <exception cref="FormatException">The manifest is not YAML.</exception>
    public static IReadOnlyList<JsonObject> Parse(string manifest, IHelmValues values)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(values);
        return [.. Documents(manifest).Select(document => values.Parse(document, "manifest")).Where(document => document["kind"] is not null)];
    }

    /// <summary>The manifest's objects of a kind, in its order; the others are not parsed.</summary>
    /// <exception cref="FormatException">One of them is not YAML.</exception>
    public static IReadOnlyList<JsonObject> OfKind(string manifest, string kind, IHelmValues values)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(values);
        return
        [
            .. Documents(manifest)
                .Where(document => document.Contains($"kind: {kind}", StringComparison.Ordinal))
                .Select(document => values.Parse(document, "manifest"))
                .Where(document => (string?)document["kind"] == kind),
        ];
    }

    /// <summary>The CustomResourceDefinitions of a release's manifest.</summary>
    /// <exception cref="FormatException">One of them is not YAML.</exception>
    public static IReadOnlyList<JsonObject> Definitions(HelmRelease release, IHelmValues values)
    {
        ArgumentNullException.ThrowIfNull(release);
        return OfKind(release.Manifest, "CustomResourceDefinition", values);
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

    /// <summary>What differs in the cluster from the release's manifest: objects that are gone, and fields that somebody changed.</summary>
    /// <returns>One phrase a difference; none when the cluster is as Helm left it.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public static async Task<ManifestDrift> DriftAsync(ClusterApi api, string ns, HelmRelease release, IHelmValues values, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(release);
        return await DriftAsync(api, ns, Parse(release.Manifest, values), cancellationToken);
    }

    /// <summary>What differs in the cluster from some objects: objects that are not there, and fields that are different.</summary>
    /// <returns>One phrase a difference; none when the cluster has them all.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public static async Task<ManifestDrift> DriftAsync(ClusterApi api, string ns, IEnumerable<JsonObject> objects, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(api);
        ArgumentNullException.ThrowIfNull(objects);
        var pairs = await Task.WhenAll(
            objects.Select(async wanted => (Spec: wanted, Live: await api.GetAsync(KubernetesPaths.Of(wanted, ns), cancellationToken)))
        );
        var scaled = pairs.Any(pair => pair.Live is not null && ManifestFields.HasOtherReplicas(pair.Spec, pair.Live))
            ? await ScaledAsync(api, ns, cancellationToken)
            : null;
        var drifted = pairs.Select(pair => (pair, Phrase: Difference(pair.Spec, pair.Live, scaled))).Where(one => one.Phrase is not null).ToArray();
        return new ManifestDrift(
            [.. drifted.Select(one => one.Phrase!)],
            [
                .. pairs
                    .Where(pair => pair.Live is not null && ManifestFields.IsIdleWithoutNumber(pair.Spec, pair.Live))
                    .Select(pair => (string)pair.Spec["metadata"]!["name"]!),
            ]
        )
        {
            Objects = [.. drifted.Select(one => (one.pair.Spec, one.pair.Live))],
        };
    }

    private static string? Difference(JsonObject wanted, JsonObject? live, IReadOnlyCollection<string>? scaled)
    {
        var kind = (string?)wanted["kind"];
        var name = $"{kind} {(string?)wanted["metadata"]?["name"]}";
        if (live is null)
            return $"{name} is gone";
        if (ManifestFields.HasOtherReplicas(wanted, live) && (ManifestFields.Replicas(live) == 0 || scaled?.Contains(name) == false))
            return $"{name} has {ManifestFields.Replicas(live)} replicas, not {ManifestFields.Replicas(wanted)}";
        return ManifestFields.Changed(wanted, live) is { } field ? $"{name} has a different {field}" : null;
    }

    // To 0 nobody scales but a person: autoscaling ends there. Where it may not be read, another number is taken for an autoscaler's.
    private static async Task<IReadOnlyCollection<string>?> ScaledAsync(ClusterApi api, string ns, CancellationToken cancellationToken)
    {
        try
        {
            return
            [
                .. (await api.ListAsync($"/apis/autoscaling/v2/namespaces/{ns}/horizontalpodautoscalers", cancellationToken)).Select(found =>
                    $"{(string?)found["spec"]?["scaleTargetRef"]?["kind"]} {(string?)found["spec"]?["scaleTargetRef"]?["name"]}"
                ),
            ];
        }
        catch (KubernetesApiException exception) when (exception.Status == HttpStatusCode.Forbidden)
        {
            return null;
        }
    }
}

/// <summary>How a cluster differs from a release's manifest.</summary>
/// <param name="Phrases">One phrase a difference that an upgrade with the same values puts right.</param>
/// <param name="Idle">The Deployments that somebody scaled to 0 and for which the manifest has no number, so that Helm leaves them alone.</param>
public sealed record ManifestDrift(IReadOnlyList<string> Phrases, IReadOnlyList<string> Idle)
{
    /// <summary>The manifests of the objects that the phrases are about, each with what is in the cluster; null where it is gone.</summary>
    public IReadOnlyList<(JsonObject Manifest, JsonObject? Live)> Objects { get; init; } = [];
}
