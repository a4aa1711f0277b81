using System.Reflection;
using Cake.Cli;

namespace Flyte.MultiCluster.Build;

/// <summary>The program's version, for <c>--version</c> and <c>--info</c>.</summary>
internal sealed class ProgramVersion : IVersionResolver
{
    private static readonly Assembly Program = typeof(ProgramVersion).Assembly;

    /// <inheritdoc/>
    public string GetVersion() => Program.GetName().Version!.ToString(3);

    /// <inheritdoc/>
    public string GetProductVersion() => Program.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? GetVersion();
}
