using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Tools.Kubectl;

/// <summary>Runs <c>kubectl kustomize</c>, which renders an overlay and talks to no cluster.</summary>
public sealed class KubectlKustomizeRunner : KubectlTool<KubectlSettings>
{
    /// <summary>A runner over Cake's services.</summary>
    public KubectlKustomizeRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : base(fileSystem, environment, processRunner, tools) { }

    /// <inheritdoc/>
    protected override string Command => "kustomize";

    /// <summary>Renders an overlay.</summary>
    /// <param name="folder">The folder with its kustomization.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="cancellationToken">Cancels the process.</param>
    /// <returns>Its objects, YAML documents.</returns>
    /// <exception cref="KubectlException">It does not render.</exception>
    public async Task<string> RenderAsync(string folder, KubectlSettings settings, CancellationToken cancellationToken) =>
        string.Join('\n', await RunAsync(settings, arguments => arguments.AppendEscaped(folder), cancellationToken)) + "\n";
}
