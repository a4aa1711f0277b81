using System.Globalization;
using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Tools.Helm;

/// <summary>What <c>helm rollback</c> is given.</summary>
public sealed class HelmRollbackSettings : HelmReleaseSettings
{
    /// <summary>The revision to go back to, from 1.</summary>
    public required int Revision { get; set; }

    /// <summary><c>--force-conflicts</c> (Helm 4): take over fields that somebody changed by hand.</summary>
    public bool ForceConflicts { get; set; }
}

/// <summary>Runs <c>helm rollback</c>.</summary>
public sealed class HelmRollbackRunner : HelmTool<HelmRollbackSettings>
{
    /// <summary>Makes the runner from Cake's services.</summary>
    public HelmRollbackRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : base(fileSystem, environment, processRunner, tools) { }

    /// <inheritdoc/>
    protected override string Command => "rollback";

    /// <summary>Makes a new revision of the release with the chart, the values and the manifest of an earlier one.</summary>
    /// <param name="permit">The gate's permit.</param>
    /// <param name="settings">What to roll back where.</param>
    /// <param name="cancellationToken">Cancels helm.</param>
    /// <exception cref="HelmException">helm failed.</exception>
    public Task RollBackAsync(ChangePermit permit, HelmRollbackSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        ArgumentNullException.ThrowIfNull(settings);
        return RunAsync(
            settings,
            arguments =>
            {
                arguments.AppendEscaped(settings.Release).Append(settings.Revision.ToString(CultureInfo.InvariantCulture));
                AddTimeout(arguments, settings.Timeout);
                if (settings.ForceConflicts)
                    arguments.Append("--force-conflicts");
            },
            cancellationToken
        );
    }
}
