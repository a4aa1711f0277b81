using System.Text.Json;
using System.Text.Json.Nodes;
using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Tools.Helm;

/// <summary>What <c>helm upgrade --install</c> is given.</summary>
public sealed class HelmUpgradeSettings : HelmReleaseSettings
{
    /// <summary>The chart: an unpacked folder.</summary>
    public required string Chart { get; set; }

    /// <summary>Values files, later ones over earlier ones.</summary>
    public IReadOnlyList<string> Values { get; set; } = [];

    /// <summary><c>--description</c>: what the revision says of itself; null for Helm's own words.</summary>
    public string? Description { get; set; }

    /// <summary><c>--force-conflicts</c> (Helm 4): take over fields that somebody changed by hand.</summary>
    public bool ForceConflicts { get; set; }
}

/// <summary>Runs <c>helm upgrade --install</c>.</summary>
public sealed class HelmUpgradeRunner : HelmTool<HelmUpgradeSettings>
{
    /// <summary>Makes the runner from Cake's services.</summary>
    public HelmUpgradeRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : base(fileSystem, environment, processRunner, tools) { }

    /// <inheritdoc/>
    protected override string Command => "upgrade";

    /// <summary>Installs or upgrades the release.</summary>
    /// <param name="permit">The gate's permit.</param>
    /// <param name="settings">What to install where.</param>
    /// <param name="cancellationToken">Cancels helm, which marks the release as failed.</param>
    /// <exception cref="HelmException">helm failed.</exception>
    public Task UpgradeAsync(ChangePermit permit, HelmUpgradeSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        ArgumentNullException.ThrowIfNull(settings);
        return RunAsync(settings, arguments => AddOwn(settings, arguments), cancellationToken);
    }

    /// <summary>The manifest that the release would have, rendered with what the cluster knows (<c>--dry-run=server</c>); nothing is changed.</summary>
    /// <param name="settings">What to install where.</param>
    /// <param name="cancellationToken">Cancels helm.</param>
    /// <exception cref="HelmException">helm failed.</exception>
    /// <exception cref="FormatException">helm answered no release.</exception>
    public async Task<string> PreviewAsync(HelmUpgradeSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var lines = await RunAsync(settings, arguments => AddOwn(settings, arguments.Append("--dry-run=server").Append("--output=json")), cancellationToken);
        try
        {
            return (string?)JsonNode.Parse(string.Concat(lines))?["manifest"] ?? throw new FormatException("helm upgrade --dry-run printed no manifest.");
        }
        catch (JsonException exception)
        {
            throw new FormatException("helm upgrade --dry-run did not print JSON.", exception);
        }
    }

    private static void AddOwn(HelmUpgradeSettings settings, ProcessArgumentBuilder arguments)
    {
        arguments.Append("--install").AppendEscaped(settings.Release).AppendEscaped(settings.Chart);
        foreach (var file in settings.Values)
            arguments.AppendOption("--values", file);
        AddTimeout(arguments, settings.Timeout);
        if (settings.Description is { } description)
            arguments.AppendOption("--description", description);
        if (settings.ForceConflicts)
            arguments.Append("--force-conflicts");
    }
}
