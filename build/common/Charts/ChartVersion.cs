using System.Globalization;

namespace Flyte.MultiCluster.Common.Charts;

/// <summary>A chart's version as far as an upgrade asks: SemVer's major, minor and patch, without the v that some repositories write in front.</summary>
/// <param name="Major">The major version.</param>
/// <param name="Minor">The minor version.</param>
/// <param name="Patch">The patch.</param>
public sealed record ChartVersion(int Major, int Minor, int Patch)
{
    /// <summary>Reads a version; null for what is no SemVer version.</summary>
    /// <param name="text">The version, <c>v1.16.8</c>.</param>
    public static ChartVersion? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int?[] parts = [.. Plain(text).Split('-', '+')[0].Split('.').Select(Number)];
        return parts is [{ } major, { } minor, { } patch] ? new ChartVersion(major, minor, patch) : null;
    }

    /// <summary>Whether two texts are one version: Chart.yaml and a repository's index may differ in the v.</summary>
    /// <param name="one">A version.</param>
    /// <param name="other">Another one.</param>
    public static bool Same(string one, string other) => Plain(one) == Plain(other);

    /// <summary>Whether it is more than one minor version away from another, or of another major version.</summary>
    /// <param name="other">The other one.</param>
    public bool IsFarFrom(ChartVersion other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Major != other.Major || Math.Abs(Minor - other.Minor) > 1;
    }

    /// <summary>Whether it is an older one than another.</summary>
    /// <param name="other">The other one.</param>
    public bool IsOlderThan(ChartVersion other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch)) < 0;
    }

    private static string Plain(string version)
    {
        ArgumentNullException.ThrowIfNull(version);
        return version.TrimStart('v');
    }

    private static int? Number(string part) => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
