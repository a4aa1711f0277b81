using System.Text.RegularExpressions;

namespace Flyte.MultiCluster.Common.Kubernetes.Rollouts;

/// <summary>The logs of containers that have ended, one file each, for people to look at.</summary>
/// <param name="folder">Where they are put.</param>
/// <param name="root">The folder that their names are reported relative to; null for none.</param>
public sealed class PodLogs(string folder, string? root = null)
{
    // Linear in the text's length, whatever a container writes.
    private static readonly Regex Secret = new(
        """eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+|\b(?<kept>(Bearer|Basic)\s+)[\w.~+/=-]{8,}|(?<kept>\w://[^\s:/@]+:)[^\s@/]+@|\b(?<kept>(password|passwd|client_?secret)"?\s*[=:]\s*"?)[^\s"',}]+""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    );

    /// <summary>Writes a log, without what looks like a secret.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="container">The container.</param>
    /// <param name="log">What it has written.</param>
    /// <returns>The file, relative to the root; null where it cannot be written.</returns>
    public string? Keep(string pod, string container, string log)
    {
        var file = Path.Combine(folder, $"{pod}-{container}.log");
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(file, Masked(log));
            return root is null ? file : Path.GetRelativePath(root, file);
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
