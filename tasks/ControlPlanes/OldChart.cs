using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tasks.ControlPlanes;

/// <summary>
/// Values of a live release that are nobody's loss: those of its own chart's values files, and, where the chart becomes another version, those
/// that the new one does not know.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="values">Reads and merges values as Helm does.</param>
internal sealed class OldChart(FlyteContext context, IHelmValues values)
{
    /// <summary>Which of the values that would go somebody has set, with an effect. Those without one are noted.</summary>
    /// <param name="live">The live release.</param>
    /// <param name="lost">The paths of the values that would go.</param>
    public IReadOnlyList<string> Losses(HelmRelease live, IReadOnlyList<string> lost)
    {
        ArgumentNullException.ThrowIfNull(live);
        ArgumentNullException.ThrowIfNull(lost);
        if (lost.Count == 0)
            return lost;
        JsonObject[] files = [.. live.Files.Where(file => IsValues(file.Key)).Select(file => Parsed(file.Value, file.Key)).OfType<JsonObject>()];
        var isUpgrade = live.ChartVersion != context.Run.Chart.Version;
        var ofSomebody = lost.Where(path => !IsOf(files, live.Config, ValuesPath.Keys(path)))
            .ToLookup(path => !isUpgrade || context.Run.Chart.Knows(ValuesPath.Keys(path)));
        if (ofSomebody[false].Any())
        {
            var chart = $"{context.Run.Chart.Name} {context.Run.Chart.Version}";
            context.Journal.Add(
                $"Values of release {live.Name} that chart {chart} does not know and that have no effect: {string.Join(", ", ofSomebody[false])}."
            );
        }

        return [.. ofSomebody[true]];
    }

    private bool IsOf(JsonObject[] files, JsonObject config, string[] keys)
    {
        var value = At(config, keys);
        return value.IsThere && files.Any(file => At(file, keys) is { IsThere: true } own && values.Same(own.Value, value.Value));
    }

    private static bool IsValues(string file) =>
        Path.GetFileName(file).StartsWith("values", StringComparison.Ordinal) && Path.GetExtension(file) is ".yaml" or ".yml";

    // A file that is not YAML is none that helm took.
    private JsonObject? Parsed(byte[] content, string name)
    {
        try
        {
            return values.Parse(Encoding.UTF8.GetString(content), name);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static (bool IsThere, JsonNode? Value) At(JsonObject values, string[] keys)
    {
        JsonNode? node = values;
        foreach (var key in keys)
        {
            if (node is not JsonObject map || !map.TryGetPropertyValue(key, out node))
                return (false, null);
        }

        return (true, node);
    }
}
