using Flyte.MultiCluster.Common.Tools;

namespace Flyte.MultiCluster.Common.Charts;

/// <summary>A chart's versions as far as an upgrade asks: SemVer's major, minor and patch.</summary>
public static class ChartVersion
{
    /// <summary>Reads a version; null for what is no SemVer version.</summary>
    /// <param name="text">The version, <c>v1.16.8</c>.</param>
    public static Version? Parse(string text) => ToolVersion.Parse(text) is { Build: >= 0, Revision: < 0 } version ? version : null;

    /// <summary>Whether two texts are one version: Chart.yaml and a repository's index may differ in the v.</summary>
    /// <param name="one">A version.</param>
    /// <param name="other">Another one.</param>
    public static bool Same(string one, string other) => ToolVersion.WithoutV(one) == ToolVersion.WithoutV(other);

    /// <summary>Whether a version is more than one minor version away from another, or of another major version.</summary>
    /// <param name="version">The version.</param>
    /// <param name="other">The other one.</param>
    public static bool IsFarFrom(this Version version, Version other)
    {
        ArgumentNullException.ThrowIfNull(version);
        ArgumentNullException.ThrowIfNull(other);
        return version.Major != other.Major || Math.Abs(version.Minor - other.Minor) > 1;
    }

    /// <summary>Whether a version is an older one than another.</summary>
    /// <param name="version">The version.</param>
    /// <param name="other">The other one.</param>
    public static bool IsOlderThan(this Version version, Version other) => version < other;
}
