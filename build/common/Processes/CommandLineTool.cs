using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Flyte.MultiCluster.Common.Processes;

/// <summary>The base of all runners of command-line tools: finds the tool, waits without blocking, fails on a non-zero exit.</summary>
/// <typeparam name="TSettings">The subcommand's settings.</typeparam>
public abstract class CommandLineTool<TSettings> : Tool<TSettings>
    where TSettings : ToolSettings
{
    /// <summary>Makes a runner from Cake's services.</summary>
    protected CommandLineTool(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : base(fileSystem, environment, processRunner, tools) { }

    /// <summary>The subcommand with its own words, <c>repo add</c>.</summary>
    protected abstract string Command { get; }

    /// <summary>What is thrown when the tool fails.</summary>
    /// <param name="exitCode">The tool's exit code.</param>
    /// <param name="errors">Its standard error.</param>
    protected abstract Exception Failure(int exitCode, IReadOnlyList<string> errors);

    /// <summary>What is thrown when the tool fails, for tools that print their errors on standard output.</summary>
    /// <param name="exitCode">The tool's exit code.</param>
    /// <param name="errors">Its standard error.</param>
    /// <param name="output">Its standard output.</param>
    protected virtual Exception Failure(int exitCode, IReadOnlyList<string> errors, IReadOnlyList<string> output) => Failure(exitCode, errors);

    /// <summary>What is thrown when the tool was ended, for tools that may have begun something by then; by default the interruption itself.</summary>
    /// <param name="process">The process, which has ended.</param>
    /// <param name="interruption">The interruption.</param>
    protected virtual Task<OperationCanceledException> InterruptedAsync(ChildProcess process, OperationCanceledException interruption) =>
        Task.FromResult(interruption);

    /// <summary>Takes each line that the tool prints, as it prints it; null, the default, where nobody waits for its lines.</summary>
    /// <param name="settings">The settings.</param>
    protected virtual Action<string>? OnOutput(TSettings settings) => null;

    /// <summary>What the tool reads on its standard input; null, the default, for nothing.</summary>
    /// <param name="settings">The settings.</param>
    protected virtual string? Input(TSettings settings) => null;

    /// <summary>Adds what must stand before the subcommand.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="arguments">Gets the arguments.</param>
    protected virtual void AddLeading(TSettings settings, ProcessArgumentBuilder arguments) { }

    /// <summary>Adds what every subcommand gets, after the subcommand's own arguments.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="arguments">Gets the arguments.</param>
    protected abstract void AddCommon(TSettings settings, ProcessArgumentBuilder arguments);

    /// <summary>Runs the subcommand.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="own">Adds the subcommand's own arguments.</param>
    /// <param name="cancellationToken">Cancels the child process.</param>
    /// <returns>The tool's standard output.</returns>
    /// <exception cref="CakeException">The tool is not there.</exception>
    protected async Task<IReadOnlyList<string>> RunAsync(TSettings settings, Action<ProcessArgumentBuilder> own, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(own);
        cancellationToken.ThrowIfCancellationRequested();
        var arguments = new ProcessArgumentBuilder();
        AddLeading(settings, arguments);
        arguments.Append(Command);
        own(arguments);
        AddCommon(settings, arguments);
        using var process = RunProcess(settings, arguments, Redirected(OnOutput(settings), Input(settings)));
        var exitCode = process is ChildProcess child ? await ExitAsync(child, cancellationToken) : Wait(process);
        return exitCode == 0
            ? [.. process.GetStandardOutput() ?? []]
            : throw Failure(exitCode, [.. process.GetStandardError() ?? []], [.. process.GetStandardOutput() ?? []]);
    }

    private static ProcessSettings Redirected(Action<string>? onOutput, string? input)
    {
        var settings = new ProcessSettings
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Silent = true,
        };
        if (input is not null)
            settings.StandardInput = input;
        if (onOutput is not null)
            settings.RedirectedStandardOutputHandler = settings.RedirectedStandardErrorHandler = Hear;
        return settings;

        string Hear(string line)
        {
            onOutput(line);
            return line;
        }
    }

    private async Task<int> ExitAsync(ChildProcess process, CancellationToken cancellationToken)
    {
        try
        {
            return await process.ExitAsync(cancellationToken);
        }
        catch (OperationCanceledException interruption)
        {
            throw await InterruptedAsync(process, interruption);
        }
    }

    private static int Wait(IProcess process)
    {
        process.WaitForExit();
        return process.GetExitCode();
    }
}
