using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Tools.Helm;

/// <summary>What <c>helm template</c> is given.</summary>
public sealed class HelmTemplateSettings : HelmSettings
{
    /// <summary>The release's name.</summary>
    public required string Release { get; set; }

    /// <summary>The chart: an unpacked folder.</summary>
    public required string Chart { get; set; }

    /// <summary>Values files, later ones over earlier ones.</summary>
    public IReadOnlyList<string> Values { get; set; } = [];
}

/// <summary>Runs <c>helm template</c>, which asks no cluster.</summary>
public sealed class HelmTemplateRunner : HelmTool<HelmTemplateSettings>
{
    /// <summary>Makes the runner from Cake's services.</summary>
    public HelmTemplateRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : base(fileSystem, environment, processRunner, tools) { }

    /// <inheritdoc/>
    protected override string Command => "template";

    /// <summary>The manifest that the release would get, without hooks. May hold secrets.</summary>
    /// <exception cref="HelmException">The chart cannot be rendered with these values.</exception>
    public async Task<string> RenderAsync(HelmTemplateSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var lines = await RunAsync(
            settings,
            arguments =>
            {
                arguments.AppendEscaped(settings.Release).AppendEscaped(settings.Chart);
                foreach (var file in settings.Values)
                    arguments.AppendOption("--values", file);

                // Without a cluster helm knows the kinds of Kubernetes itself, but not this one.
                arguments.Append("--no-hooks").AppendOption("--api-versions", "apiextensions.k8s.io/v1/CustomResourceDefinition");
            },
            cancellationToken
        );
        return string.Join('\n', lines) + "\n";
    }
}
