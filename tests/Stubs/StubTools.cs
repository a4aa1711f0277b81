using System.Diagnostics;
using Cake.Core;
using Cake.Core.IO;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Tools;
using Flyte.MultiCluster.Common.Tools.Flytectl;
using Flyte.MultiCluster.Common.Tools.Pyflyte;
using Flyte.MultiCluster.Tests.Common.Processes;
using Path = System.IO.Path;

namespace Flyte.MultiCluster.Tests.Stubs;

/// <summary>The stubs of flytectl and pyflyte: Node scripts that check their arguments as the real ones do.</summary>
internal static class StubTools
{
    /// <summary>The folder to put on PATH.</summary>
    public static string Folder => Path.Combine(ProjectRoot.Path, "tests", "Stubs");

    public static FlytectlLabelRunner Flytectl(out string path)
    {
        path = Path.Combine(Folder, "flytectl");
        var cake = new RecordingRunner();
        return new FlytectlLabelRunner(cake.FileSystem, Environment(cake), new ChildProcessRunner(), cake.Tools);
    }

    public static PyflyteRunRunner Pyflyte(out string path)
    {
        path = Path.Combine(Folder, "pyflyte");
        var cake = new RecordingRunner();
        return new PyflyteRunRunner(cake.FileSystem, Environment(cake), new ChildProcessRunner(), cake.Tools);
    }

    /// <summary>Runs a stub as a person would.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string tool, string input, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Folder, tool))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }

    private static ICakeEnvironment Environment(RecordingRunner cake)
    {
        cake.Environment.WorkingDirectory = new DirectoryPath(Folder);
        return cake.Environment;
    }
}
