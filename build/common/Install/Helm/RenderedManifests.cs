using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Helm;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Install.Helm;

/// <summary>The manifests that releases would get, each rendered once in a run.</summary>
/// <param name="helm">The helm commands.</param>
/// <param name="values">Reads and merges values as Helm does.</param>
public sealed class RenderedManifests(HelmTools helm, IHelmValues values)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyList<JsonObject>>>> _rendered = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _previewed = new(StringComparer.Ordinal);

    /// <summary>The objects that a release would get.</summary>
    /// <param name="run">The run.</param>
    /// <param name="release">The release's name.</param>
    /// <param name="files">Its values files, in order.</param>
    /// <param name="last">What comes over them; holds no secrets.</param>
    /// <param name="cancellationToken">Cancels helm.</param>
    /// <exception cref="HelmException">The chart cannot be rendered with these values.</exception>
    /// <exception cref="FormatException">A values file is not valid.</exception>
    public Task<IReadOnlyList<JsonObject>> OfAsync(
        FleetRun run,
        string release,
        IReadOnlyList<string> files,
        JsonObject last,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(last);
        var merged = values.MergeFiles(files, last);
        return _rendered.GetOrAdd($"{release}\n{merged.ToJsonString()}", _ => new(() => RenderAsync(run, release, files, last, cancellationToken))).Value;
    }

    /// <summary>The manifest that a cluster's release would have, as helm's server-side dry run renders it; once in a run.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="settings">What would be installed.</param>
    /// <param name="cancellationToken">Cancels helm.</param>
    /// <exception cref="HelmException">helm failed.</exception>
    /// <exception cref="FormatException">helm answered no release, or a values file is not valid.</exception>
    public Task<string> PreviewAsync(ClusterRun cluster, HelmUpgradeSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(settings);
        var merged = values.MergeFiles(settings.Values);
        var key = $"{cluster.Name}\n{settings.Release}\n{merged.ToJsonString()}";
        return _previewed.GetOrAdd(key, _ => new(() => helm.Upgrade.PreviewAsync(settings, cancellationToken))).Value;
    }

    private async Task<IReadOnlyList<JsonObject>> RenderAsync(
        FleetRun run,
        string release,
        IReadOnlyList<string> files,
        JsonObject last,
        CancellationToken cancellationToken
    )
    {
        var folder = ProcessEnvironment.Current.CreateTemporaryFolder("flyte-multicluster-");
        try
        {
            var file = Path.Combine(folder, "values.yaml");
            await File.WriteAllTextAsync(file, values.Write(last), cancellationToken);
            var settings = new HelmTemplateSettings
            {
                Release = release,
                Chart = run.Chart.Folder,
                Values = [.. files, file],
                Namespace = run.Namespace,
            };
            return ManifestObjects.Parse(await helm.Template.RenderAsync(settings, cancellationToken), values);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
