using Flyte.MultiCluster.Common.Options;

namespace Flyte.MultiCluster.Tasks.FleetTopology;

/// <summary>How a picture of the fleet is written.</summary>
public static class PictureFormat
{
    /// <summary>The format: the one that is asked for; else the one that the file's name ends with, and Mermaid where it says nothing.</summary>
    /// <param name="output">What <c>--output</c> says.</param>
    /// <param name="file">The file that it goes to; null for standard output.</param>
    public static OutputFormat Of(OutputFormat output, string? file) =>
        output != OutputFormat.Text
            ? output
            : Path.GetExtension(file)?.ToLowerInvariant() switch
            {
                ".svg" => OutputFormat.Svg,
                ".html" or ".htm" => OutputFormat.Html,
                _ => OutputFormat.Mermaid,
            };

    /// <summary>Whether a format is a picture's.</summary>
    /// <param name="output">The format.</param>
    public static bool IsPicture(OutputFormat output) => output is OutputFormat.Mermaid or OutputFormat.Svg or OutputFormat.Html;
}
