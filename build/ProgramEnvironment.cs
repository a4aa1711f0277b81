using Cake.Core;
using Cake.Core.IO;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Build;

/// <summary>Cake's environment: the run's variables and working directory.</summary>
internal sealed class ProgramEnvironment(ICakePlatform platform, ICakeRuntime runtime) : ICakeEnvironment
{
    private readonly ProcessEnvironment _environment = ProcessEnvironment.Current;

    /// <inheritdoc/>
    public DirectoryPath WorkingDirectory
    {
        get => new(_environment.WorkingDirectory);
        set => _environment.WorkingDirectory = value.MakeAbsolute(this).FullPath;
    }

    /// <inheritdoc/>
    public DirectoryPath ApplicationRoot { get; } = new(AppContext.BaseDirectory);

    /// <inheritdoc/>
    public ICakePlatform Platform => platform;

    /// <inheritdoc/>
    public ICakeRuntime Runtime => runtime;

    /// <inheritdoc/>
    public DirectoryPath GetSpecialPath(SpecialPath path) => new CakeEnvironment(platform, runtime).GetSpecialPath(path);

    /// <inheritdoc/>
    public string? GetEnvironmentVariable(string variable) => _environment.Variable(variable);

    /// <inheritdoc/>
    public IDictionary<string, string?> GetEnvironmentVariables() =>
        _environment.Variables.ToDictionary(variable => variable.Key, variable => (string?)variable.Value, StringComparer.Ordinal);
}
