using System.Text.RegularExpressions;

namespace Flyte.MultiCluster.Common.Tools.Git;

/// <summary>The Git tree that a fleet file is in.</summary>
/// <param name="Commit">The commit that is checked out, in hexadecimal digits.</param>
/// <param name="IsDirty">Whether something in the tree differs from it.</param>
public sealed partial record SourceTree(string Commit, bool IsDirty)
{
    private const int ShortLength = 10;

    /// <summary>As a Helm release's description.</summary>
    public string Description => $"Git commit {Commit}{(IsDirty ? ", with uncommitted changes" : string.Empty)}";

    /// <summary>For people: the first digits of the commit, and whether it is dirty.</summary>
    public string Short => $"{Commit[..Math.Min(ShortLength, Commit.Length)]}{(IsDirty ? " dirty" : string.Empty)}";

    /// <summary>Reads a Helm release's description.</summary>
    /// <param name="description">The description.</param>
    /// <returns>The tree; null where it names none, as Helm's own words do.</returns>
    public static SourceTree? Parse(string? description) =>
        Pattern().Match(description ?? string.Empty) is { Success: true } match
            ? new SourceTree(match.Groups["commit"].Value, match.Groups["dirty"].Success)
            : null;

    [GeneratedRegex(
        "^Git commit (?<commit>[0-9a-f]{40,64})(?<dirty>, with uncommitted changes)?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex Pattern();
}
