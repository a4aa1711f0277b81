using System.Security.Cryptography;
using System.Text;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Imports;

/// <summary>The files that Import writes. Their first line has the digest of the rest: a file that somebody has changed since is theirs, and stays.</summary>
internal static class ImportedFile
{
    private const string Mark = "# Written by --target=Import, sha256:";

    /// <summary>Why a file must not be written; null where it may.</summary>
    /// <param name="path">The file, an absolute path.</param>
    public static Problem? Obstacle(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var shown = ProcessEnvironment.Current.RelativePath(path);
        if (Directory.Exists(path))
            return new Problem(shown, "It is a folder.", "Name a file.");
        if (!File.Exists(path))
            return null;
        try
        {
            var text = File.ReadAllText(path);
            var end = text.IndexOf('\n', StringComparison.Ordinal);
            if (end > 0 && text[..end] == FirstLine(text[(end + 1)..]))
                return null;
            return new Problem(
                shown,
                text.StartsWith(Mark, StringComparison.Ordinal) ? "It was changed since Import wrote it." : "It exists, and Import did not write it.",
                "Name another file with --output-fleet, or move this one away."
            );
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new Problem(shown, $"It cannot be read: {exception.Message.TrimEnd('.')}.", "Name another file.");
        }
    }

    /// <summary>Writes a file, unless it has that content already.</summary>
    /// <param name="path">The file, an absolute path.</param>
    /// <param name="content">Its content below the first line.</param>
    /// <returns>True when the file changed.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static bool Write(string path, string content) => ArtifactFile.Write(path, $"{FirstLine(content)}\n{content}");

    private static string FirstLine(string content) => Mark + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)))[..16];
}
