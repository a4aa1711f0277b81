using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Build;

/// <summary>
/// Where <c>--report</c> and <c>--output-file</c> go: a file, or standard output. What is no regular file (a pipe, a device) is written as it is and never
/// read.
/// </summary>
internal sealed class ReportFile
{
    private const string Remedy = "Name a file that you can write, or - for standard output.";

    private readonly string _path;
    private readonly TextWriter _output;

    private ReportFile(string path, TextWriter output) => (_path, _output) = (path, output);

    /// <summary>Whether such an option's value means standard output: <c>-</c>, and the names that systems give it.</summary>
    /// <param name="path">The value; null for none.</param>
    public static bool IsStandardOutput(string? path) => path is "-" or "/dev/stdout" or "/dev/fd/1" or "/proc/self/fd/1";

    /// <summary>Tries, before anything is changed, whether the file can be written; what is there stays as it is.</summary>
    /// <param name="path">The option's value.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="option">The option.</param>
    /// <returns>Where it goes.</returns>
    /// <exception cref="RefusedException">It cannot be written.</exception>
    public static ReportFile Try(string path, TextWriter output, string option = "--report")
    {
        ArgumentNullException.ThrowIfNull(path);
        if (IsStandardOutput(path))
            return new ReportFile(path, output);
        try
        {
            var target = Target(path);
            if (Directory.Exists(target))
                throw Refused("It is a folder.");
            if (IsRegularOrMissing(target))
                ArtifactFile.Try(target);
            return new ReportFile(target, output);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw Refused($"It cannot be written: {exception.Message.TrimEnd('.')}.");
        }

        RefusedException Refused(string what) => new([new Problem($"{option}={path}", what, Remedy)]);
    }

    /// <summary>Writes it; a regular file whole or not at all.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(string text)
    {
        if (IsStandardOutput(_path))
        {
            _output.Write(text);
            _output.Flush();
        }
        else if (IsRegularOrMissing(_path))
        {
            ArtifactFile.Write(_path, text);
        }
        else
        {
            using var device = new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            device.Write(System.Text.Encoding.UTF8.GetBytes(text));
        }
    }

    // A symbolic link stays one: what it points to is written.
    private static string Target(string path)
    {
        var full = ProcessEnvironment.Current.FullPath(path);
        return new FileInfo(full).LinkTarget is null ? full
            : File.ResolveLinkTarget(full, returnFinalTarget: true) is { } target && !target.FullName.Contains(":[", StringComparison.Ordinal) ? target.FullName
            : full;
    }

    // Only a regular file has a length that can be set. For reading as well: a named pipe that nobody reads would hold the open of a writer.
    private static bool IsRegularOrMissing(string path)
    {
        if (!File.Exists(path))
            return true;
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            RandomAccess.SetLength(file, RandomAccess.GetLength(file));
            return true;
        }
        catch (Exception exception) when (exception is IOException or NotSupportedException)
        {
            return false;
        }
    }
}
