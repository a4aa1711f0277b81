using System.Diagnostics;
using Cake.Core.Diagnostics;
using Cake.Core.IO;

namespace Flyte.MultiCluster.Common.Processes;

/// <summary>
/// Starts child processes without a shell and without a terminal, with nothing on standard input but what the settings say, and counts them.
/// Takes the place of Cake's own runner, so that every tool is counted and ends with the run.
/// </summary>
/// <param name="log">Gets every command line at <c>--verbosity=diagnostic</c>; null for none.</param>
public sealed class ChildProcessRunner(ICakeLog? log = null) : IProcessRunner
{
    private int _started;

    /// <summary>How many child processes were started, those that a shell started for us included.</summary>
    public int Started => _started;

    /// <summary>Starts processes that finish what they began also when this program is killed.</summary>
    public IProcessRunner Outliving => new OutlivingProcessRunner(this);

    /// <inheritdoc/>
    /// <exception cref="System.ComponentModel.Win32Exception">The file cannot be executed.</exception>
    public IProcess Start(FilePath filePath, ProcessSettings settings)
    {
        ArgumentNullException.ThrowIfNull(filePath);
        ArgumentNullException.ThrowIfNull(settings);
        return Start(filePath.FullPath, settings.Arguments?.Render() ?? string.Empty, settings);
    }

    /// <summary>Starts a process; what it prints is read from two files where they are given, else from pipes.</summary>
    /// <param name="file">Its executable.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="settings">What else it gets, and the arguments that the log may hold.</param>
    /// <param name="output">The file for its standard output.</param>
    /// <param name="errors">The file for its standard error.</param>
    /// <param name="tool">What the log names as its executable, where a shell becomes it.</param>
    internal ChildProcess Start(
        string file,
        string arguments,
        ProcessSettings settings,
        OutputFile? output = null,
        OutputFile? errors = null,
        string? tool = null
    )
    {
        var start = new ProcessStartInfo(file, arguments) { WorkingDirectory = settings.WorkingDirectory?.FullPath ?? string.Empty };
        Inherit(start);
        foreach (var (name, value) in settings.EnvironmentVariables ?? new Dictionary<string, string>(StringComparer.Ordinal))
            start.Environment[name] = value;
        var process = Start(start, tool ?? file, settings.Arguments?.RenderSafe() ?? string.Empty);
        Feed(process, settings.StandardInput);
        return new ChildProcess(process, settings.RedirectedStandardOutputHandler, settings.RedirectedStandardErrorHandler, output, errors);
    }

    /// <summary>Starts and counts a process whose streams the caller handles.</summary>
    /// <param name="start">What to start; all three streams become redirected, and its variables are the run's.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The file cannot be executed.</exception>
    public Process Start(ProcessStartInfo start)
    {
        ArgumentNullException.ThrowIfNull(start);
        Inherit(start);
        return Start(start, start.FileName, start.ArgumentList.Count > 0 ? string.Join(' ', start.ArgumentList) : start.Arguments);
    }

    /// <summary>Counts a process that a child of ours starts for us.</summary>
    /// <param name="file">Its executable.</param>
    /// <param name="arguments">Its arguments.</param>
    public void CountOne(string file, string arguments)
    {
        Interlocked.Increment(ref _started);
        log?.Write(Verbosity.Diagnostic, LogLevel.Debug, "{0}", $"Runs: {ShownCommand.Of(file, arguments)}");
    }

    private Process Start(ProcessStartInfo start, string tool, string shown)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.UseShellExecute = false;
        start.CreateNoWindow = true;
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} was not started.");
        CountOne(tool, shown);
        return process;
    }

    private static void Inherit(ProcessStartInfo start)
    {
        var environment = ProcessEnvironment.Current;
        if (environment == ProcessEnvironment.Own)
            return;
        start.Environment.Clear();
        foreach (var (name, value) in environment.Variables)
            start.Environment[name] = value;
        if (start.WorkingDirectory.Length == 0)
            start.WorkingDirectory = environment.WorkingDirectory;
    }

    // Who ends without reading it says why by its exit code.
    private static void Feed(Process process, ProcessStandardInput? input)
    {
        try
        {
            if (input is { } given)
                process.StandardInput.BaseStream.Write(given.Span);
            process.StandardInput.Close();
        }
        catch (IOException) when (input is not null) { }
    }
}
