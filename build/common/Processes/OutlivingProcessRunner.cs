using Cake.Core;
using Cake.Core.IO;

namespace Flyte.MultiCluster.Common.Processes;

/// <summary>
/// Starts processes that finish what they began also when this program is killed: they print into files that have no name any more. Who
/// prints into a pipe whose reader is gone dies of SIGPIPE. They ignore SIGHUP too: a closed terminal ends this program, and it ends
/// them as Ctrl+C does. On Windows they have pipes.
/// </summary>
/// <param name="processes">Starts and counts them.</param>
internal sealed class OutlivingProcessRunner(ChildProcessRunner processes) : IProcessRunner
{
    // The shell becomes the process, so signals reach it.
    private const string Script = "trap '' HUP; out=$1; err=$2; shift 2; exec >\"$out\" 2>\"$err\"; rm -f \"$out\" \"$err\"; exec \"$@\"";

    /// <summary>The runner for processes that outlive this program; what is no <see cref="ChildProcessRunner"/> stays as it is.</summary>
    public static IProcessRunner Of(IProcessRunner runner) => runner is ChildProcessRunner processes ? processes.Outliving : runner;

    /// <inheritdoc/>
    /// <exception cref="IOException">The temporary folder takes no file.</exception>
    /// <exception cref="UnauthorizedAccessException">The temporary folder takes no file.</exception>
    public IProcess Start(FilePath filePath, ProcessSettings settings)
    {
        ArgumentNullException.ThrowIfNull(filePath);
        ArgumentNullException.ThrowIfNull(settings);
        if (OperatingSystem.IsWindows())
            return processes.Start(filePath, settings);
        var (output, errors) = (new OutputFile(), new OutputFile());
        var shell = new ProcessArgumentBuilder()
            .Append("-c")
            .AppendEscaped(Script)
            .AppendEscaped("flyte-multicluster")
            .AppendEscaped(output.Path)
            .AppendEscaped(errors.Path)
            .AppendEscaped(filePath.FullPath);
        return processes.Start("/bin/sh", $"{shell.Render()} {settings.Arguments?.Render()}", settings, output, errors, filePath.FullPath);
    }
}
