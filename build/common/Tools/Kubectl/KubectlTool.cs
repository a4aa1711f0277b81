using System.Text.Json;
using System.Text.Json.Nodes;
using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Tools.Kubectl;

/// <summary>What every kubectl call has.</summary>
public class KubectlSettings : ToolSettings
{
    /// <summary><c>--kubeconfig</c>; null for kubectl's own default.</summary>
    public string? Kubeconfig { get; set; }
}

/// <summary>kubectl failed.</summary>
public sealed class KubectlException : Exception
{
    /// <summary>Names the command that failed and what kubectl said.</summary>
    /// <param name="command">The subcommand.</param>
    /// <param name="exitCode">kubectl's exit code.</param>
    /// <param name="errors">kubectl's standard error.</param>
    public KubectlException(string command, int exitCode, IEnumerable<string> errors)
        : base($"kubectl {command} failed (exit code {exitCode}): {string.Join(' ', errors.Select(line => line.Trim()))}") { }
}

/// <summary>The base of all kubectl runners.</summary>
/// <typeparam name="TSettings">The subcommand's settings.</typeparam>
public abstract class KubectlTool<TSettings> : CommandLineTool<TSettings>
    where TSettings : KubectlSettings
{
    /// <summary>Makes a runner from Cake's services.</summary>
    protected KubectlTool(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : base(fileSystem, environment, processRunner, tools) { }

    /// <inheritdoc/>
    protected sealed override Exception Failure(int exitCode, IReadOnlyList<string> errors) => new KubectlException(Command, exitCode, errors);

    /// <inheritdoc/>
    protected sealed override void AddCommon(TSettings settings, ProcessArgumentBuilder arguments)
    {
        ArgumentNullException.ThrowIfNull(settings);
        arguments.AppendOption("--kubeconfig", settings.Kubeconfig);
    }

    /// <summary>Reads an answer of <c>--output=json</c>.</summary>
    /// <exception cref="FormatException">It is not JSON.</exception>
    protected JsonNode? Json(IReadOnlyList<string> answer)
    {
        try
        {
            return JsonNode.Parse(string.Join('\n', answer));
        }
        catch (JsonException exception)
        {
            throw new FormatException($"kubectl {Command} did not print JSON.", exception);
        }
    }

    /// <inheritdoc/>
    protected sealed override string GetToolName() => "kubectl";

    /// <inheritdoc/>
    protected sealed override IEnumerable<string> GetToolExecutableNames() => ["kubectl", "kubectl.exe"];
}
