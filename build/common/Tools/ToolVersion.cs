namespace Flyte.MultiCluster.Common.Tools;

/// <summary>Versions as helm, kubectl, Kubernetes and charts print them: <c>v1.36.3-eks+abc</c>.</summary>
public static class ToolVersion
{
    /// <summary>The numbers of a version; null for what has none.</summary>
    /// <param name="text">The version, with or without the v, a pre-release and build metadata.</param>
    public static Version? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Version.TryParse(WithoutV(text).Split('-', '+')[0], out var version) ? version : null;
    }

    /// <summary>A version without the v in front.</summary>
    /// <param name="text">The version.</param>
    public static string WithoutV(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.TrimStart('v');
    }
}
