using System.Runtime.InteropServices;
using Flyte.MultiCluster.Sandbox.FlyteAdmin;

namespace Flyte.MultiCluster.Sandbox.Hosting;

/// <summary>The sandbox as a process: from its command line to its exit code.</summary>
public static class SandboxProcess
{
    /// <summary>The exit code of a wrong command line or state folder.</summary>
    public const int Refused = 3;

    /// <summary>Runs until the process is asked to end, or has been idle for long enough.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The exit code: 0, also where another process serves the folder already; 1 for a failed start; <see cref="Refused"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, TimeProvider time)
    {
        try
        {
            var options = SandboxOptions.Parse(args);
            if (options.Detach && !OperatingSystem.IsWindows())
            {
                // Fails for the leader of a process group, who is nobody's child to be detached from.
                _ = SetSid();
            }

            using var folder = StateFolder.Take(options.State);
            if (folder is not null)
            {
                await ServeAsync(options, folder, time);
            }

            return 0;
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return Refused;
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"The sandbox failed: {e}");
            return 1;
        }
    }

    private static async Task ServeAsync(SandboxOptions options, StateFolder folder, TimeProvider time)
    {
        var flyteAdmin = new FlyteAdminServer(time);
        await using var host = new SandboxHost(
            options,
            folder,
            (name, keys, faults) => new KubernetesBackend(name, keys, faults, flyteAdmin, time, folder.Log),
            time,
            flyteAdmin
        );
        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            host.Stop(signal.Signal.ToString());
        }

        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        await host.StartAsync();
        folder.Log($"ending: {await host.Ended}");
    }

    [DllImport("libc", EntryPoint = "setsid", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetSid();
}
