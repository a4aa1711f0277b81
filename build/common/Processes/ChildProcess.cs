using System.Diagnostics;
using System.Runtime.InteropServices;
using Cake.Core.IO;

namespace Flyte.MultiCluster.Common.Processes;

/// <summary>A started child process whose output is kept in memory, in Cake's terms and awaitable.</summary>
public sealed partial class ChildProcess : IProcess
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(2);

    private readonly List<string> _printed = [];
    private readonly Process _process;
    private readonly Task<string[]> _output;
    private readonly Task<string[]> _error;

    internal ChildProcess(
        Process process,
        Func<string, string>? hearsOutput = null,
        Func<string, string>? hearsErrors = null,
        OutputFile? output = null,
        OutputFile? errors = null
    )
    {
        _process = process;
        var ended = output is null ? Task.CompletedTask : process.WaitForExitAsync();
        _output = ReadLinesAsync(output?.Follow(ended) ?? process.StandardOutput, hearsOutput);
        _error = ReadLinesAsync(errors?.Follow(ended) ?? process.StandardError, hearsErrors);
    }

    /// <summary>Waits until the process has ended and its output is read.</summary>
    /// <param name="cancellationToken">Asks the process to end as Ctrl+C would, and kills its whole tree when it has not after 8 seconds.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled; the process is gone.</exception>
    public async Task<int> ExitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _process.WaitForExitAsync(cancellationToken);

            // A grandchild may hold the streams open.
            await Task.WhenAll(_output, _error).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await EndAsync();
            throw;
        }

        return _process.ExitCode;
    }

    /// <summary>What an ended process has printed on both streams, without that which a grandchild has yet to print: waits for 2 seconds at most.</summary>
    public async Task<IReadOnlyList<string>> PrintedAsync()
    {
        await Task.WhenAny(Task.WhenAll(_output, _error), Task.Delay(Moment));
        lock (_printed)
            return [.. _printed];
    }

    /// <inheritdoc/>
    public void WaitForExit() => _process.WaitForExit();

    /// <inheritdoc/>
    public bool WaitForExit(int milliseconds) => _process.WaitForExit(milliseconds);

    /// <inheritdoc/>
    public int GetExitCode() => _process.ExitCode;

    /// <inheritdoc/>
    public IEnumerable<string> GetStandardError() => _error.GetAwaiter().GetResult();

    /// <inheritdoc/>
    public IEnumerable<string> GetStandardOutput() => _output.GetAwaiter().GetResult();

    /// <inheritdoc/>
    public void Kill() => _process.Kill(entireProcessTree: true);

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    private async Task<string[]> ReadLinesAsync(StreamReader reader, Func<string, string>? onOutput)
    {
        var lines = new List<string>();
        while (await reader.ReadLineAsync() is { } line)
        {
            lines.Add(line);
            lock (_printed)
                _printed.Add(line);
            try
            {
                onOutput?.Invoke(line);
            }
            catch (Exception)
            {
                // Who onOutput may miss a line; a child whose output nobody reads would stand still.
            }
        }

        reader.Dispose();
        return [.. lines];
    }

    // Helm marks its release as failed when it is asked to end; killed, it leaves the release pending.
    private async Task EndAsync()
    {
        try
        {
            if (OperatingSystem.IsWindows() || SendSignal(_process.Id, 15) != 0)
                Kill();
            using var patience = new CancellationTokenSource(Grace);
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            Kill();
        }
        catch (InvalidOperationException)
        {
            // It ended by itself in between.
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SendSignal(int processId, int signal);
}
