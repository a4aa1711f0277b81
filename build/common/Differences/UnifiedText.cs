using DiffPlex.Renderer;

namespace Flyte.MultiCluster.Common.Differences;

/// <summary>Unified differences of texts.</summary>
internal static class UnifiedText
{
    private const int Context = 3;

    /// <summary>The lines of the difference, with three lines of context and without the names of files; none where the texts are the same.</summary>
    /// <param name="before">The text before.</param>
    /// <param name="after">The text after.</param>
    public static IReadOnlyList<string> Lines(string before, string after)
    {
        if (before == after)
            return [];
        // A break at the end would be one more line.
        var text = UnidiffRenderer.GenerateUnidiff(
            before.TrimEnd('\n'),
            after.TrimEnd('\n'),
            "before",
            "after",
            ignoreWhitespace: false,
            ignoreCase: false,
            Context
        );
        return [.. text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').Skip(2)];
    }
}
