using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Flyte.MultiCluster.Tasks.Sandboxes;

/// <summary>Starts the sandbox's process so that it outlives this one, and neither Ctrl+C nor a closed pipe here reaches it.</summary>
public sealed class SandboxLauncher
{
    // The shell gives the process its log for standard output and error; what it inherits otherwise would keep the caller's pipes open.
    private const string Redirect = """umask 077; log=$1; shift; exec "$0" "$@" </dev/null >>"$log" 2>&1""";

    private readonly string _program;

    /// <summary>Starts a program.</summary>
    /// <param name="program">The sandbox's executable.</param>
    public SandboxLauncher(string program) => _program = program;

    /// <summary>The sandbox's executable that belongs to a program: <c>sandbox/flyte-multicluster-sandbox</c> in its folder.</summary>
    /// <exception cref="SandboxException">It is not there.</exception>
    public static string Find(string programFolder)
    {
        var name = OperatingSystem.IsWindows() ? "flyte-multicluster-sandbox.exe" : "flyte-multicluster-sandbox";
        return new[] { Path.Combine(programFolder, "sandbox", name), Path.Combine(programFolder, name) }.FirstOrDefault(File.Exists)
            ?? throw new SandboxException($"The sandbox's program is missing: {Path.Combine(programFolder, "sandbox", name)}. Build the solution again.");
    }

    /// <summary>Starts it.</summary>
    /// <param name="log">The file that gets its standard output and error, at the end.</param>
    /// <param name="args">Its arguments.</param>
    public Process Start(string log, IReadOnlyList<string> args)
    {
        var start = new ProcessStartInfo
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            FileName = OperatingSystem.IsWindows() ? _program : "/bin/sh",
            WorkingDirectory = Path.GetDirectoryName(_program)!,
        };
        foreach (var arg in OperatingSystem.IsWindows() ? args : ["-c", Redirect, _program, log, .. args])
        {
            start.ArgumentList.Add(arg);
        }

        start.Environment["DOTNET_ROOT"] = DotNetRoot();
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    /// <summary>The last lines of a log.</summary>
    /// <param name="log">The file.</param>
    /// <param name="from">Where to begin, in bytes.</param>
    /// <param name="lines">How many at most.</param>
    public static string Tail(string log, long from, int lines = 15)
    {
        if (!File.Exists(log))
        {
            return "";
        }

        using var file = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Position = Math.Min(from, file.Length);
        using var reader = new StreamReader(file, Encoding.UTF8);
        return string.Join('\n', reader.ReadToEnd().TrimEnd().Split('\n').TakeLast(lines));
    }

    // The runtime's folder is ROOT/shared/Microsoft.NETCore.App/VERSION/.
    private static string DotNetRoot() => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
}
