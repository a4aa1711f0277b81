using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Values;

/// <summary>Values files, read as <c>helm --values</c> reads them.</summary>
public static class HelmValuesFiles
{
    /// <summary>Merges values files, later ones over earlier ones.</summary>
    /// <param name="values">Reads and merges values as Helm does.</param>
    /// <param name="files">The files, in order.</param>
    /// <param name="last">What comes over them.</param>
    /// <exception cref="FormatException">A file is not valid.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static JsonObject MergeFiles(this IHelmValues values, IEnumerable<string> files, params IEnumerable<JsonObject> last)
    {
        ArgumentNullException.ThrowIfNull(values);
        return values.Merge(files.Select(file => values.Parse(File.ReadAllText(file), file)).Concat(last));
    }
}
