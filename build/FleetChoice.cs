using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Build;

/// <summary>Which fleet a run is about.</summary>
/// <param name="Path">The fleet file as the user would write it; null for the sandbox's.</param>
internal sealed record FleetChoice(string? Path)
{
    /// <summary>Where a fleet file is looked for when <c>--fleet</c> names none, relative to the repository's root.</summary>
    public const string DefaultPath = "values/fleet.yaml";

    /// <summary>Whether it is the embedded sandbox's.</summary>
    public bool IsSandbox => Path is null;

    /// <summary>The file that <c>--fleet</c> names, relative to the working directory; else the root's <c>values/fleet.yaml</c>; else the sandbox's.</summary>
    public static FleetChoice For(RunOptions options, string root)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Fleet is { } given)
            return new(given);

        var standing = System.IO.Path.Combine(root, DefaultPath);
        return File.Exists(standing) ? new(ProcessEnvironment.Current.RelativePath(standing)) : new((string?)null);
    }

    /// <summary>The choice in words, for the first line of output.</summary>
    public override string ToString() => Path ?? $"the sandbox's, as there is no {DefaultPath}";
}
