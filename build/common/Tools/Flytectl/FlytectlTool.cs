using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Tools.Flytectl;

/// <summary>What every flytectl call has.</summary>
public class FlytectlSettings : ToolSettings
{
    /// <summary><c>--config</c>; null for flytectl's own default.</summary>
    public string? Config { get; set; }
}

/// <summary>flytectl failed.</summary>
public sealed class FlytectlException : Exception
{
    /// <summary>Names the command that failed and what flytectl said.</summary>
    /// <param name="command">The subcommand.</param>
    /// <param name="exitCode">flytectl's exit code.</param>
    /// <param name="errors">flytectl's standard error.</param>
    public FlytectlException(string command, int exitCode, IReadOnlyList<string> errors)
        : base($"flytectl {command} failed (exit code {exitCode}): {Describe(errors)}") { }

    // The usage and the log's line follow the error.
    private static string Describe(IReadOnlyList<string> errors)
    {
        var reported = errors.Where(line => !string.IsNullOrWhiteSpace(line)).ToArray();
        var from = Math.Max(Array.FindIndex(reported, line => line.StartsWith("Error:", StringComparison.Ordinal)), 0);
        var lines = reported
            .Skip(from)
            .TakeWhile((line, index) => index == 0 || !(line.StartsWith("Usage:", StringComparison.Ordinal) || line.StartsWith('{')))
            .Take(12);
        return string.Join(' ', lines.Select(line => line.Trim())) is { Length: > 0 } said ? said : "it printed nothing.";
    }
}

/// <summary>The base of all flytectl runners.</summary>
/// <typeparam name="TSettings">The subcommand's settings.</typeparam>
public abstract class FlytectlTool<TSettings> : CommandLineTool<TSettings>
    where TSettings : FlytectlSettings
{
    /// <summary>Makes a runner from Cake's services.</summary>
    protected FlytectlTool(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : base(fileSystem, environment, processRunner, tools) { }

    /// <inheritdoc/>
    protected sealed override Exception Failure(int exitCode, IReadOnlyList<string> errors) => new FlytectlException(Command, exitCode, errors);

    /// <inheritdoc/>
    protected sealed override void AddCommon(TSettings settings, ProcessArgumentBuilder arguments)
    {
        ArgumentNullException.ThrowIfNull(settings);
        arguments.AppendOption("--config", settings.Config);
    }

    /// <inheritdoc/>
    protected sealed override string GetToolName() => "flytectl";

    /// <inheritdoc/>
    protected sealed override IEnumerable<string> GetToolExecutableNames() => ["flytectl", "flytectl.exe"];
}
