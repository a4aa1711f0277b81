using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools;

namespace Flyte.MultiCluster.Tasks.Sandboxes;

/// <summary>Starts, finds, grows and ends the sandbox of one state folder.</summary>
public sealed class SandboxClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly SandboxLauncher _launcher;
    private readonly string _folder;
    private readonly TimeSpan? _idle;

    /// <summary>Works on a state folder.</summary>
    /// <param name="launcher">Starts the process.</param>
    /// <param name="folder">The state folder; it need not exist.</param>
    /// <param name="idle">After how long without a request a sandbox started from here ends; null for its default.</param>
    public SandboxClient(SandboxLauncher launcher, string folder, TimeSpan? idle = null)
    {
        (_launcher, _idle) = (launcher, idle);
        _folder = Path.TrimEndingDirectorySeparator(ProcessEnvironment.Current.FullPath(folder));
    }

    /// <summary>The sandbox that a run's options name, with the executable beside this program.</summary>
    /// <exception cref="SandboxException">The executable is missing.</exception>
    public static SandboxClient ForOptions(RunOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new SandboxClient(
            new SandboxLauncher(SandboxLauncher.Find(AppContext.BaseDirectory)),
            options.Sandbox == new RunOptions().Sandbox ? Path.Combine(ProjectRoot.Path, options.Sandbox) : options.Sandbox
        );
    }

    /// <summary>Sees to it that the sandbox runs with at least so many data planes, starting or growing it.</summary>
    /// <param name="dataPlanes">How many data planes.</param>
    /// <param name="latency">The pretended round trip; null leaves that of a running sandbox, and means none for a new one.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="SandboxException">It does not start; the message has the end of its log.</exception>
    /// <exception cref="RefusedException">The state folder is somebody else's or something else.</exception>
    public async Task<SandboxState> EnsureUpAsync(int dataPlanes, TimeSpan? latency, CancellationToken cancellationToken)
    {
        var state = await StatusAsync(cancellationToken) ?? await StartAsync(dataPlanes, latency, cancellationToken);
        using var control = new SandboxControl(state.ControlSocket);
        if (state.DataPlanes < dataPlanes)
        {
            state = SandboxState.Read(_folder, await control.GrowAsync(dataPlanes, cancellationToken));
        }

        if (latency is { } wanted && state.Latency != wanted)
        {
            state = SandboxState.Read(_folder, await control.SetLatencyAsync(wanted, cancellationToken));
        }

        return state;
    }

    /// <summary>The running sandbox; null when none runs, also where one was killed and left its files.</summary>
    public async Task<SandboxState?> StatusAsync(CancellationToken cancellationToken)
    {
        if (SocketOfRecord() is not { } socket)
        {
            return null;
        }

        try
        {
            using var control = new SandboxControl(socket);
            return SandboxState.Read(_folder, await control.StatusAsync(cancellationToken));
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Ends the sandbox and waits for its end.</summary>
    /// <returns>Whether one ran.</returns>
    /// <exception cref="SandboxException">It does not end.</exception>
    public async Task<bool> DownAsync(CancellationToken cancellationToken)
    {
        if (await StatusAsync(cancellationToken) is not { } state)
        {
            return false;
        }

        using (var control = new SandboxControl(state.ControlSocket))
        {
            await control.ShutdownAsync(cancellationToken);
        }

        var deadline = DateTimeOffset.UtcNow + Patience;
        while (IsHeld())
        {
            if (DateTimeOffset.UtcNow > deadline)
            {
                throw new SandboxException($"The sandbox (process {state.ProcessId}) was asked to stop and did not. Its log: {InFolder("log")}");
            }

            await Task.Delay(Pause, cancellationToken);
        }

        return true;
    }

    private async Task<SandboxState> StartAsync(int dataPlanes, TimeSpan? latency, CancellationToken cancellationToken)
    {
        PrepareFolder();
        var log = InFolder("log");
        var logged = File.Exists(log) ? new FileInfo(log).Length : 0;
        var deadline = DateTimeOffset.UtcNow + Patience;
        while (true)
        {
            using var process = _launcher.Start(log, Arguments(dataPlanes, latency));
            while (true)
            {
                // Before the look at the state: a process that has ended since then may have been beaten by one that now serves.
                var hasEnded = process.HasExited;
                if (await StatusAsync(cancellationToken) is { } state)
                {
                    return state;
                }

                if (hasEnded && process.ExitCode != 0)
                {
                    var said = await process.StandardError.ReadToEndAsync(cancellationToken) + SandboxLauncher.Tail(log, logged);
                    throw new SandboxException($"The sandbox did not start (exit code {process.ExitCode}):\n{said}");
                }

                if (DateTimeOffset.UtcNow > deadline)
                {
                    throw new SandboxException($"The sandbox did not start within {Patience.TotalSeconds} s:\n{SandboxLauncher.Tail(log, logged)}");
                }

                await Task.Delay(Pause, cancellationToken);
                if (hasEnded && !IsHeld())
                {
                    // It gave way to another process, which has ended since.
                    break;
                }
            }
        }
    }

    private List<string> Arguments(int dataPlanes, TimeSpan? latency)
    {
        List<string> args = [$"--state={_folder}", string.Create(CultureInfo.InvariantCulture, $"--dataplanes={dataPlanes}"), "--detach"];
        if (latency is { } roundTrip)
        {
            args.Add(string.Create(CultureInfo.InvariantCulture, $"--latency={(int)roundTrip.TotalMilliseconds}"));
        }

        if (_idle is { } wait)
        {
            args.Add(string.Create(CultureInfo.InvariantCulture, $"--idle={(int)wait.TotalSeconds}"));
        }

        return args;
    }

    private void PrepareFolder()
    {
        try
        {
            TakeFolder();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused($"It cannot be a sandbox's state folder: {e.Message}");
        }
    }

    private RefusedException Refused(string why) => new([new Problem($"--sandbox={_folder}", why, "Name another folder.")]);

    private void TakeFolder()
    {
        var folder = new DirectoryInfo(_folder);
        if (folder.Exists && folder.EnumerateFileSystemInfos().Any() && !File.Exists(InFolder("lock")) && !File.Exists(InFolder("log")))
        {
            throw Refused("It is not empty and not a sandbox's state folder.");
        }

        if (OperatingSystem.IsWindows())
        {
            folder.Create();
        }
        else
        {
            const UnixFileMode OnlyMine = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            Directory.CreateDirectory(_folder, OnlyMine);
            // Fails for a folder of somebody else, before anything is written through it.
            File.SetUnixFileMode(_folder, OnlyMine);
        }
    }

    private bool IsHeld()
    {
        if (!File.Exists(InFolder("lock")))
        {
            return false;
        }

        try
        {
            using var held = new FileStream(InFolder("lock"), FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private string? SocketOfRecord()
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(InFolder("sandbox.json")))?["controlSocket"]?.GetValue<string>();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    private string InFolder(string name) => Path.Combine(_folder, name);
}
