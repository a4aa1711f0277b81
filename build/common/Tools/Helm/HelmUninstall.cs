using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Tools.Helm;

/// <summary>What <c>helm uninstall</c> is given.</summary>
public sealed class HelmUninstallSettings : HelmReleaseSettings;

/// <summary>Runs <c>helm uninstall</c>.</summary>
public sealed class HelmUninstallRunner : HelmTool<HelmUninstallSettings>
{
    /// <summary>Makes the runner from Cake's services.</summary>
    public HelmUninstallRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : base(fileSystem, environment, processRunner, tools) { }

    /// <inheritdoc/>
    protected override string Command => "uninstall";

    /// <summary>Uninstalls the release and waits until its objects are gone; one that was begun is finished.</summary>
    /// <param name="permit">The gate's permit.</param>
    /// <param name="settings">What to uninstall where.</param>
    /// <param name="cancellationToken">Cancels helm.</param>
    /// <exception cref="HelmException">helm failed.</exception>
    public Task UninstallAsync(ChangePermit permit, HelmUninstallSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        ArgumentNullException.ThrowIfNull(settings);
        return RunAsync(
            settings,
            arguments =>
            {
                arguments.AppendEscaped(settings.Release).Append("--wait");
                AddTimeout(arguments, settings.Timeout);
            },
            cancellationToken
        );
    }
}
