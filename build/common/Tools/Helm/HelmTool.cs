using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Tools.Helm;

/// <summary>The base of all helm runners: the common arguments, last, and less garbage collection.</summary>
/// <typeparam name="TSettings">The subcommand's settings.</typeparam>
public abstract class HelmTool<TSettings> : CommandLineTool<TSettings>
    where TSettings : HelmSettings
{
    /// <summary>Makes a runner from Cake's services.</summary>
    protected HelmTool(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : base(fileSystem, environment, processRunner, tools) { }

    /// <inheritdoc/>
    protected sealed override Exception Failure(int exitCode, IReadOnlyList<string> errors) => new HelmException(Command, exitCode, errors);

    /// <summary>Adds <c>--timeout</c>, in whole seconds.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="timeout">The longest wait; null for helm's own.</param>
    protected static void AddTimeout(ProcessArgumentBuilder arguments, TimeSpan? timeout)
    {
        if (timeout is { } longest)
            arguments.Append($"--timeout={(long)Math.Ceiling(longest.TotalSeconds)}s");
    }

    /// <inheritdoc/>
    protected sealed override void AddCommon(TSettings settings, ProcessArgumentBuilder arguments)
    {
        ArgumentNullException.ThrowIfNull(settings);
        arguments
            .AppendOption("--namespace", settings.Namespace)
            .AppendOption("--kube-context", settings.KubeContext)
            .AppendOption("--kubeconfig", settings.Kubeconfig);
    }

    /// <inheritdoc/>
    protected override IDictionary<string, string> GetEnvironmentVariables(TSettings settings) => GoRuntime.Variables();

    /// <inheritdoc/>
    protected sealed override string GetToolName() => "helm";

    /// <inheritdoc/>
    protected sealed override IEnumerable<string> GetToolExecutableNames() => ["helm", "helm.exe"];
}
