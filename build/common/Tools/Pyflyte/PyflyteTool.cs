using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Tools.Pyflyte;

/// <summary>What every pyflyte call has.</summary>
public class PyflyteSettings : ToolSettings
{
    /// <summary><c>--config</c>; null for pyflyte's own default.</summary>
    public string? Config { get; set; }
}

/// <summary>pyflyte failed.</summary>
public sealed class PyflyteException : Exception
{
    private const int LongestText = 500;

    /// <summary>Names the command that failed and what pyflyte said.</summary>
    /// <param name="command">The subcommand.</param>
    /// <param name="what">What is wrong, <c>failed (exit code 1)</c>.</param>
    /// <param name="lines">What pyflyte printed.</param>
    public PyflyteException(string command, string what, IEnumerable<string> lines)
        : base($"pyflyte {command} {what}: {Describe(lines)}") => Execution = PyflyteOutput.Execution(lines);

    /// <summary>The execution that it had started by then; null where it did not print one.</summary>
    public ExecutionId? Execution { get; }

    // pyflyte draws boxes around its errors. Of long ones, the end says what it is.
    private static string Describe(IEnumerable<string> lines)
    {
        var said = string.Join(
            ' ',
            lines.Select(line => PyflyteOutput.Plain(line).Trim('│', '╭', '╮', '╰', '╯', '─', ' ', '\t')).Where(line => line.Length > 0)
        );
        return said.Length == 0 ? "it printed nothing."
            : said.Length > LongestText ? "…" + said[^LongestText..]
            : said;
    }
}

/// <summary>pyflyte was ended, as the run was interrupted.</summary>
public sealed class PyflyteInterruptedException : OperationCanceledException
{
    /// <summary>Looks for the execution in what pyflyte had printed.</summary>
    /// <param name="lines">What it had printed.</param>
    /// <param name="interruption">The interruption.</param>
    public PyflyteInterruptedException(IEnumerable<string> lines, OperationCanceledException interruption)
        : base("pyflyte was stopped.", interruption, interruption?.CancellationToken ?? default) => Execution = PyflyteOutput.Execution(lines);

    /// <summary>The execution that it had started by then; null where it did not print one.</summary>
    public ExecutionId? Execution { get; }
}

/// <summary>The base of all pyflyte runners.</summary>
/// <typeparam name="TSettings">The subcommand's settings.</typeparam>
public abstract class PyflyteTool<TSettings> : CommandLineTool<TSettings>
    where TSettings : PyflyteSettings
{
    /// <summary>Makes a runner from Cake's services.</summary>
    protected PyflyteTool(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : base(fileSystem, environment, processRunner, tools) { }

    /// <inheritdoc/>
    protected sealed override Exception Failure(int exitCode, IReadOnlyList<string> errors) => Failure(exitCode, errors, []);

    /// <inheritdoc/>
    protected sealed override Exception Failure(int exitCode, IReadOnlyList<string> errors, IReadOnlyList<string> output) =>
        new PyflyteException(Command, $"failed (exit code {exitCode})", [.. output, .. errors]);

    /// <inheritdoc/>
    protected sealed override async Task<OperationCanceledException> InterruptedAsync(ChildProcess process, OperationCanceledException interruption)
    {
        ArgumentNullException.ThrowIfNull(process);
        return new PyflyteInterruptedException(await process.PrintedAsync(), interruption);
    }

    /// <summary>Adds <c>--config</c>, which belongs to pyflyte itself and not to its subcommands.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="arguments">Gets the arguments.</param>
    protected sealed override void AddLeading(TSettings settings, ProcessArgumentBuilder arguments)
    {
        ArgumentNullException.ThrowIfNull(settings);
        arguments.AppendOption("--config", settings.Config);
    }

    /// <inheritdoc/>
    protected sealed override void AddCommon(TSettings settings, ProcessArgumentBuilder arguments) { }

    /// <inheritdoc/>
    protected sealed override string GetToolName() => "pyflyte";

    /// <inheritdoc/>
    protected sealed override IEnumerable<string> GetToolExecutableNames() => ["pyflyte", "pyflyte.exe"];
}
