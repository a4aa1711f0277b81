using System.Text.RegularExpressions;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Runs;

namespace Flyte.MultiCluster.Rollouts;

/// <summary>The logs of containers that have ended, one file each, for people to look at.</summary>
/// <param name="folder">Where they are put.</param>
public sealed class PodLogs(string folder)
{
    // Linear in the text's length, whatever a container writes.
    private static readonly Regex Secret = new(
        """eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+|\b(?<kept>(Bearer|Basic)\s+)[\w.~+/=-]{8,}|(?<kept>\w://[^\s:/@]+:)[^\s@/]+@|\b(?<kept>(password|passwd|client_?secret)"?\s*[=:]\s*"?)[^\s"',}]+""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking);

    /// <summary>Those of a cluster in a run: below <c>artifacts/log</c>.</summary>
    /// <param name="cluster">The cluster's fleet name.</param>
    public static PodLogs Of(string cluster) => new(Path.Combine(ProjectRoot.Path, "artifacts", "log", cluster));

    /// <summary>Writes a log, without what looks like a secret.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="container">The container.</param>
    /// <param name="log">What it has written.</param>
    /// <returns>The file, relative to the project's folder where it is in there; null where it cannot be written.</returns>
    public string? Keep(string pod, string container, string log)
    {
        var file = Path.Combine(folder, $"{pod}-{container}.log");
        try
        {
            ArtifactFile.Write(file, Masked(log));
            return file.StartsWith(ProjectRoot.Path + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? Path.GetRelativePath(ProjectRoot.Path, file) : file;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A text without what looks like a secret: tokens, whatever follows Bearer or Basic, passwords in addresses and settings.</summary>
    /// <param name="text">The text.</param>
    public static string Masked(string text) => Secret.Replace(text, "${kept}***");
}
