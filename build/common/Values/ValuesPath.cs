namespace Flyte.MultiCluster.Common.Values;

/// <summary>Paths of values, as <see cref="IHelmValues.Lost"/> gives them.</summary>
public static class ValuesPath
{
    /// <summary>The keys of a path, the outermost first; a dot within a key is written with a backslash.</summary>
    /// <param name="path">The path.</param>
    public static string[] Keys(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return [.. path.Replace("\\.", "\0", StringComparison.Ordinal).Split('.').Select(key => key.Replace('\0', '.'))];
    }
}
