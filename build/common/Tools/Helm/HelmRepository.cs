using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Tools.Helm;

/// <summary>What <c>helm repo add</c>, <c>helm pull</c> and <c>helm dependency build</c> are given.</summary>
public sealed class HelmRepositorySettings : HelmSettings
{
    /// <summary>A folder for helm's repository list and cache, so that the user's own stay as they are.</summary>
    public required string Home { get; set; }
}

/// <summary>The environment that keeps helm's repository files in the project's own folder.</summary>
public abstract class HelmRepositoryTool : HelmTool<HelmRepositorySettings>
{
    /// <summary>Makes a runner from Cake's services.</summary>
    protected HelmRepositoryTool(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : base(fileSystem, environment, processRunner, tools) { }

    /// <inheritdoc/>
    protected override IDictionary<string, string> GetEnvironmentVariables(HelmRepositorySettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HELM_REPOSITORY_CONFIG"] = System.IO.Path.Combine(settings.Home, "repositories.yaml"),
            ["HELM_REPOSITORY_CACHE"] = System.IO.Path.Combine(settings.Home, "repository"),
        };
    }
}

/// <summary>Runs <c>helm repo add</c>.</summary>
public sealed class HelmRepositoryAddRunner : HelmRepositoryTool
{
    /// <summary>Makes the runner from Cake's services.</summary>
    public HelmRepositoryAddRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : base(fileSystem, environment, processRunner, tools) { }

    /// <inheritdoc/>
    protected override string Command => "repo add";

    /// <summary>Adds the repository, or updates its index.</summary>
    /// <exception cref="HelmException">helm failed, as it does without a network.</exception>
    public Task AddAsync(HelmRepositorySettings settings, string name, string address, CancellationToken cancellationToken) =>
        RunAsync(settings, arguments => arguments.AppendEscaped(name).AppendEscaped(address).Append("--force-update"), cancellationToken);
}

/// <summary>Runs <c>helm pull --untar</c>.</summary>
public sealed class HelmPullRunner : HelmRepositoryTool
{
    /// <summary>Makes the runner from Cake's services.</summary>
    public HelmPullRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : base(fileSystem, environment, processRunner, tools) { }

    /// <inheritdoc/>
    protected override string Command => "pull";

    /// <summary>Fetches and unpacks a chart into a folder.</summary>
    /// <param name="settings">Where helm keeps its repository files.</param>
    /// <param name="chart"><c>repository/name</c> or an <c>oci://</c> address.</param>
    /// <param name="version">The exact version.</param>
    /// <param name="folder">The folder that gets the chart's folder.</param>
    /// <param name="cancellationToken">Cancels helm.</param>
    /// <exception cref="HelmException">helm failed: no network, or no such version.</exception>
    public Task PullAsync(HelmRepositorySettings settings, string chart, string version, string folder, CancellationToken cancellationToken) =>
        RunAsync(
            settings,
            arguments => arguments.AppendEscaped(chart).AppendOption("--version", version).Append("--untar").AppendOption("--untardir", folder),
            cancellationToken
        );
}

/// <summary>Runs <c>helm dependency build</c>.</summary>
public sealed class HelmDependencyBuildRunner : HelmRepositoryTool
{
    /// <summary>Makes the runner from Cake's services.</summary>
    public HelmDependencyBuildRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : base(fileSystem, environment, processRunner, tools) { }

    /// <inheritdoc/>
    protected override string Command => "dependency build";

    /// <summary>Fills the chart's <c>charts/</c> folder.</summary>
    /// <exception cref="HelmException">helm failed.</exception>
    public Task BuildAsync(HelmRepositorySettings settings, string chart, CancellationToken cancellationToken) =>
        RunAsync(settings, arguments => arguments.AppendEscaped(chart), cancellationToken);
}
