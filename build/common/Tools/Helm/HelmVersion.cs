using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Flyte.MultiCluster.Common.Tools.Helm;

/// <summary>Runs <c>helm version</c>.</summary>
public sealed class HelmVersionRunner : HelmTool<HelmSettings>
{
    /// <summary>Makes the runner from Cake's services.</summary>
    public HelmVersionRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : base(fileSystem, environment, processRunner, tools) { }

    /// <inheritdoc/>
    protected override string Command => "version";

    /// <summary>What helm answered; null before it was asked.</summary>
    public Version? Known { get; private set; }

    /// <summary>helm's version.</summary>
    /// <exception cref="HelmException">helm failed.</exception>
    /// <exception cref="FormatException">The answer holds no version.</exception>
    public async Task<Version> GetAsync(HelmSettings settings, CancellationToken cancellationToken)
    {
        var lines = await RunAsync(settings, arguments => arguments.Append("--template={{.Version}}"), cancellationToken);
        var text = string.Concat(lines).Trim();
        return Known = ToolVersion.Parse(text) ?? throw new FormatException($"helm version printed no version: {text}");
    }
}
