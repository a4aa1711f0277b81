using System.Globalization;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Differences;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tasks.Rendering;

/// <summary>Renders a cluster's release without credentials.</summary>
/// <param name="manifests">The rendered manifests.</param>
/// <param name="values">Reads and merges values as Helm does.</param>
internal sealed class ClusterRenderer(RenderedManifests manifests, IHelmValues values)
{
    private const string SecretManifest = "common.databaseSecret.secretManifest";

    private static readonly string[] Sections = ["data", "stringData"];
    private static readonly string[] First = ["CustomResourceDefinition", "Namespace", "ServiceAccount"];

    /// <summary>Renders it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="files">Its values files, in order; the last is the composed one.</param>
    /// <param name="own">Secrets that it needs and the chart does not render.</param>
    /// <param name="cancellationToken">Cancels helm.</param>
    /// <exception cref="Common.Tools.Helm.HelmException">The chart cannot be rendered with these values.</exception>
    /// <exception cref="FormatException">A values file is not valid.</exception>
    public async Task<RenderedCluster> RenderAsync(
        FleetRun run,
        ClusterRun cluster,
        IReadOnlyList<string> files,
        IReadOnlyList<SecretKeys> own,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(files);
        var (written, merged, leftOut) = WithoutCredentials(files);
        var complete = manifests.OfAsync(run, cluster.Release, files, [], cancellationToken);
        var objects = leftOut.Count == 0 ? complete : manifests.OfAsync(run, cluster.Release, [], merged, cancellationToken);
        await Task.WhenAll(complete, objects);
        var ordered = ByKind((await objects).Where(one => Keys(one) is not { Count: > 0 }));
        JsonObject[] masked = [.. ordered.Select(CredentialValues.Masked)];
        return new RenderedCluster(
            cluster.Name,
            cluster.Release,
            run.Namespace,
            written,
            merged,
            leftOut,
            masked,
            [
                .. own,
                .. (await complete)
                    .Where(one => Keys(one) is { Count: > 0 })
                    .Select(one => new SecretKeys(Name(one), (string?)one["metadata"]?["namespace"] ?? run.Namespace, [.. Keys(one)!]))
                    .OrderBy(secret => secret.Name, StringComparer.Ordinal),
            ]
        )
        {
            Masked =
            [
                .. ordered.Zip(masked).Where(pair => !JsonNode.DeepEquals(pair.First, pair.Second)).Select(pair => $"{Kind(pair.First)} {Name(pair.First)}"),
            ],
        };
    }

    // All files at once: a credential is also left out where another file repeats it under an innocent name.
    private (IReadOnlyList<(string Name, JsonObject Values)> Files, JsonObject Merged, IReadOnlyList<string> LeftOut) WithoutCredentials(
        IReadOnlyList<string> files
    )
    {
        const string Merged = "merged";
        var parsed = files.Select(file => values.Parse(File.ReadAllText(file), file)).ToArray();
        var all = new JsonObject { [Merged] = values.Merge(parsed) };
        for (var at = 0; at < parsed.Length; at++)
            all[Key(at)] = parsed[at].DeepClone();
        var safe = CredentialValues.LeaveOut(all);
        var merged = safe.Values[Merged] as JsonObject ?? [];
        string[] leftOut =
        [
            .. safe
                .LeftOut.Where(path => path.StartsWith($"{Merged}.", StringComparison.Ordinal))
                .Select(path => path[(Merged.Length + 1)..])
                .Order(StringComparer.Ordinal),
        ];
        var written = files.Select((file, at) => ($"{at + 1:D2}-{Path.GetFileName(file)}", Sorted(safe.Values[Key(at)]))).ToList();
        if (leftOut.Any(path => RunOptions.IsWithin(path, SecretManifest)))
        {
            // What is left of the manifest would make the Secret with the chart's own password.
            var without = new JsonObject { ["common"] = new JsonObject { ["databaseSecret"] = new JsonObject { ["secretManifest"] = null } } };
            written.Add(($"{written.Count + 1:D2}-without-secrets.yaml", without));
            merged = values.Merge(merged, without);
        }

        return (written, Sorted(merged), leftOut);

        static string Key(int at) => at.ToString(CultureInfo.InvariantCulture);
    }

    // What is kept from the live release has Helm's order, and what the fleet says has the program's.
    private static JsonObject Sorted(JsonNode? node) => SortedJson.Of(node) as JsonObject ?? [];

    private static IReadOnlyList<JsonObject> ByKind(IEnumerable<JsonObject> objects) =>
        [
            .. objects
                .OrderBy(one => Array.IndexOf(First, Kind(one)) is var rank and >= 0 ? rank : First.Length)
                .ThenBy(Kind, StringComparer.Ordinal)
                .ThenBy(one => (string?)one["metadata"]?["namespace"] ?? string.Empty, StringComparer.Ordinal)
                .ThenBy(Name, StringComparer.Ordinal),
        ];

    /// <summary>A Secret's keys, sorted; null for another object.</summary>
    /// <param name="manifest">The object.</param>
    private static IReadOnlyList<string>? Keys(JsonObject manifest) =>
        Kind(manifest) != "Secret"
            ? null
            :
            [
                .. Sections
                    .SelectMany(section => (manifest[section] as JsonObject ?? []).Select(entry => entry.Key))
                    .Distinct(StringComparer.Ordinal)
                    .Order(StringComparer.Ordinal),
            ];

    private static string Kind(JsonObject manifest) => (string?)manifest["kind"] ?? string.Empty;

    private static string Name(JsonObject manifest) => (string?)manifest["metadata"]?["name"] ?? string.Empty;
}
