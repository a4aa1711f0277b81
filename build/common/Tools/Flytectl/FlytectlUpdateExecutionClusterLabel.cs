using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Tools.Flytectl;

/// <summary>What <c>flytectl update execution-cluster-label</c> is given.</summary>
public sealed class FlytectlLabelSettings : FlytectlSettings
{
    /// <summary><c>--attrFile</c>: see <see cref="AttributeFile"/>.</summary>
    public required string AttributeFile { get; set; }
}

/// <summary>Runs <c>flytectl update execution-cluster-label</c>.</summary>
public sealed class FlytectlLabelRunner : FlytectlTool<FlytectlLabelSettings>
{
    /// <summary>Makes the runner from Cake's services.</summary>
    public FlytectlLabelRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : base(fileSystem, environment, processRunner, tools) { }

    /// <inheritdoc/>
    protected override string Command => "update execution-cluster-label";

    /// <summary>Sets the label of one attribute file. flytectl compares with the inherited label, so it may skip one that is not stored at its own
    /// place.</summary>
    /// <param name="permit">The gate's permit.</param>
    /// <param name="settings">The attribute file.</param>
    /// <param name="cancellationToken">Cancels flytectl.</param>
    /// <returns>Whether flytectl wrote; false when it saw no difference.</returns>
    /// <exception cref="FlytectlException">flytectl failed.</exception>
    public async Task<bool> UpdateAsync(ChangePermit permit, FlytectlLabelSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        ArgumentNullException.ThrowIfNull(settings);

        // Without --force it waits for an answer that nobody gives.
        var output = await RunAsync(settings, arguments => arguments.AppendOption("--attrFile", settings.AttributeFile).Append("--force"), cancellationToken);
        return !output.Any(line => line.StartsWith("No changes detected", StringComparison.Ordinal));
    }
}
