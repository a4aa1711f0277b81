using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Helm;

namespace Flyte.MultiCluster.Common.Install.Helm;

/// <summary>The manifests that releases would get, each rendered once in a run.</summary>
public sealed class RenderedManifests
{
    private readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyList<JsonObject>>>> _rendered = new(StringComparer.Ordinal);

    /// <summary>The objects that a release would get.</summary>
    /// <param name="context">The run.</param>
    /// <param name="release">The release's name.</param>
    /// <param name="files">Its values files, in order.</param>
    /// <param name="last">What comes over them; holds no secrets.</param>
    /// <param name="cancellationToken">Ends helm.</param>
    /// <exception cref="HelmException">The chart cannot be rendered with these values.</exception>
    /// <exception cref="FormatException">A values file is not valid.</exception>
    public Task<IReadOnlyList<JsonObject>> OfAsync(
        FlyteContext context, string release, IReadOnlyList<string> files, JsonObject last, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(last);
        var values = context.Values.Merge(files.Select(file => context.Values.Parse(File.ReadAllText(file), file)).Append(last));
        return _rendered.GetOrAdd($"{release}\n{values.ToJsonString()}", _ => new(() => RenderAsync(context, release, files, last, cancellationToken))).Value;
    }

    private static async Task<IReadOnlyList<JsonObject>> RenderAsync(
        FlyteContext context, string release, IReadOnlyList<string> files, JsonObject last, CancellationToken cancellationToken)
    {
        var folder = ProcessEnvironment.Current.CreateTemporaryFolder("flyte-multicluster-");
        try
        {
            var file = Path.Combine(folder, "values.yaml");
            await File.WriteAllTextAsync(file, context.Values.Write(last), cancellationToken);
            var settings = new HelmTemplateSettings
            {
                Release = release,
                Chart = context.Run.Chart.Folder,
                Values = [.. files, file],
                Namespace = context.Run.Namespace,
            };
            return ManifestObjects.Parse(await context.Helm.Template.RenderAsync(settings, cancellationToken), context.Values);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
