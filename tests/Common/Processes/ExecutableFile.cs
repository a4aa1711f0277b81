using System.Diagnostics;

namespace Flyte.MultiCluster.Tests.Common.Processes;

/// <summary>Scripts that a test writes and then executes.</summary>
internal static class ExecutableFile
{
    /// <summary>
    /// Writes a script. A shell does it: a child that another test starts at this moment would inherit a file that is open for writing here, and
    /// what is open for writing cannot be executed ("text file busy").
    /// </summary>
    public static void Write(string path, string script)
    {
        using var shell = Process.Start(
            new ProcessStartInfo("/bin/sh", ["-c", "cat >\"$0\" && chmod 700 \"$0\"", path]) { UseShellExecute = false, RedirectStandardInput = true }
        )!;
        shell.StandardInput.Write(script);
        shell.StandardInput.Close();
        shell.WaitForExit();
        if (shell.ExitCode != 0)
            throw new IOException($"{path} could not be written.");
    }
}
