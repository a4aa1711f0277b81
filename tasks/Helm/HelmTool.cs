using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Processes;

namespace Flyte.MultiCluster.Helm;

/// <summary>The base of all helm runners: finds helm, adds the common arguments, waits without blocking, fails on a non-zero exit.</summary>
/// <typeparam name="TSettings">The subcommand's settings.</typeparam>
public abstract class HelmTool<TSettings> : Tool<TSettings>
    where TSettings : HelmSettings
{
    /// <summary>Makes a runner from Cake's services.</summary>
    protected HelmTool(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : base(fileSystem, environment, processRunner, tools)
    {
    }

    /// <summary>The subcommand with its own words, <c>repo add</c>.</summary>
    protected abstract string Command { get; }

    /// <summary>Runs the subcommand.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="own">Adds the subcommand's own arguments, after the common ones.</param>
    /// <param name="cancellationToken">Ends the child process.</param>
    /// <returns>helm's standard output.</returns>
    /// <exception cref="HelmException">helm failed.</exception>
    /// <exception cref="CakeException">helm is not there.</exception>
    protected async Task<IReadOnlyList<string>> RunAsync(TSettings settings, Action<ProcessArgumentBuilder> own, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(own);
        cancellationToken.ThrowIfCancellationRequested();
        var arguments = new ProcessArgumentBuilder().Append(Command);
        own(arguments);
        if (settings.Namespace is { } ns)
            arguments.AppendSwitch("--namespace", ns);
        if (settings.KubeContext is { } context)
            arguments.AppendSwitchQuoted("--kube-context", context);
        if (settings.Kubeconfig is { } kubeconfig)
            arguments.AppendSwitchQuoted("--kubeconfig", kubeconfig);
        using var process = RunProcess(settings, arguments, new ProcessSettings { RedirectStandardOutput = true, RedirectStandardError = true, Silent = true });
        var exitCode = process is ChildProcess child ? await child.ExitAsync(cancellationToken) : Wait(process);
        return exitCode == 0
            ? [.. process.GetStandardOutput() ?? []]
            : throw new HelmException(Command, exitCode, [.. process.GetStandardError() ?? []]);
    }

    /// <inheritdoc/>
    protected sealed override string GetToolName() => "helm";

    /// <inheritdoc/>
    protected sealed override IEnumerable<string> GetToolExecutableNames() => ["helm", "helm.exe"];

    private static int Wait(IProcess process)
    {
        process.WaitForExit();
        return process.GetExitCode();
    }
}
