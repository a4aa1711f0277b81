using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Processes;

namespace Flyte.MultiCluster.Kubectl;

/// <summary>What every kubectl call has.</summary>
public class KubectlSettings : ToolSettings
{
    /// <summary><c>--kubeconfig</c>; null for kubectl's own default.</summary>
    public string? Kubeconfig { get; set; }
}

/// <summary>kubectl failed.</summary>
public sealed class KubectlException : Exception
{
    /// <summary>Tells which command failed and what kubectl said.</summary>
    /// <param name="command">The subcommand.</param>
    /// <param name="exitCode">kubectl's exit code.</param>
    /// <param name="errors">kubectl's standard error.</param>
    public KubectlException(string command, int exitCode, IEnumerable<string> errors)
        : base($"kubectl {command} failed (exit code {exitCode}): {string.Join(' ', errors.Select(line => line.Trim()))}")
    {
    }
}

/// <summary>The base of all kubectl runners.</summary>
/// <typeparam name="TSettings">The subcommand's settings.</typeparam>
public abstract class KubectlTool<TSettings> : Tool<TSettings>
    where TSettings : KubectlSettings
{
    /// <summary>Makes a runner from Cake's services.</summary>
    protected KubectlTool(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : base(fileSystem, environment, processRunner, tools)
    {
    }

    /// <summary>The subcommand with its own words, <c>config view</c>.</summary>
    protected abstract string Command { get; }

    /// <summary>Runs the subcommand.</summary>
    /// <returns>kubectl's standard output.</returns>
    /// <exception cref="KubectlException">kubectl failed.</exception>
    /// <exception cref="CakeException">kubectl is not there.</exception>
    protected async Task<string> RunAsync(TSettings settings, Action<ProcessArgumentBuilder> own, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(own);
        cancellationToken.ThrowIfCancellationRequested();
        var arguments = new ProcessArgumentBuilder().Append(Command);
        own(arguments);
        if (settings.Kubeconfig is { } kubeconfig)
            arguments.AppendSwitchQuoted("--kubeconfig", kubeconfig);
        using var process = RunProcess(settings, arguments, new ProcessSettings { RedirectStandardOutput = true, RedirectStandardError = true, Silent = true });
        var exitCode = process is ChildProcess child ? await child.ExitAsync(cancellationToken) : Wait(process);
        return exitCode == 0
            ? string.Join('\n', process.GetStandardOutput() ?? [])
            : throw new KubectlException(Command, exitCode, process.GetStandardError() ?? []);
    }

    /// <inheritdoc/>
    protected sealed override string GetToolName() => "kubectl";

    /// <inheritdoc/>
    protected sealed override IEnumerable<string> GetToolExecutableNames() => ["kubectl", "kubectl.exe"];

    private static int Wait(IProcess process)
    {
        process.WaitForExit();
        return process.GetExitCode();
    }
}
