namespace Flyte.MultiCluster.Common.Problems;

/// <summary>Finds what a misspelt name was meant to be.</summary>
public static class Nearest
{
    private const int LongestName = 100;

    /// <summary>A remedy for a misspelt name: the nearest of the known ones, else all of them.</summary>
    /// <param name="name">The name as written.</param>
    /// <param name="known">The names there are.</param>
    public static string Remedy(string name, IReadOnlyCollection<string> known)
    {
        ArgumentNullException.ThrowIfNull(known);
        return To(name, known) is { } nearest ? $"Did you mean '{nearest}'?"
            : known.Count == 0 ? "There are none."
            : $"Known here: {string.Join(", ", known.Take(20))}{(known.Count > 20 ? ", …" : string.Empty)}.";
    }

    /// <summary>
    /// The candidate nearest to a name, without regard to case, dashes and underscores, by Damerau-Levenshtein distance (optimal string alignment);
    /// a candidate that begins with the name counts as one edit away.
    /// </summary>
    /// <param name="name">The name as written.</param>
    /// <param name="candidates">The names there are; the earlier one wins a tie.</param>
    /// <returns>The nearest; null when none is near, that is within two edits or two fifths of the name's length.</returns>
    public static string? To(string name, IEnumerable<string> candidates)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(candidates);
        // No name this long is a slip of another; the distance takes the product of both lengths.
        if (name.Length > LongestName)
            return null;
        string? nearest = null;
        var least = Math.Max(2, name.Length * 2 / 5) + 1;
        foreach (var candidate in candidates)
        {
            var distance =
                name.Length >= 3 && candidate.StartsWith(name, StringComparison.OrdinalIgnoreCase) && candidate.Length > name.Length
                    ? 1
                    : Distance(Plain(name), Plain(candidate));
            if (distance >= least || distance >= Math.Max(name.Length, candidate.Length))
                continue;
            least = distance;
            nearest = candidate;
        }

        return nearest;
    }

    /// <summary>How many insertions, deletions, replacements and swaps of neighbours lead from one name to the other, ignoring case.</summary>
    /// <param name="left">One name.</param>
    /// <param name="right">The other name.</param>
    public static int Distance(string left, string right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        var previous = new int[right.Length + 1];
        var current = new int[right.Length + 1];
        var beforePrevious = new int[right.Length + 1];
        for (var column = 0; column <= right.Length; column++)
            current[column] = column;

        for (var row = 1; row <= left.Length; row++)
        {
            (beforePrevious, previous, current) = (previous, current, beforePrevious);
            current[0] = row;
            for (var column = 1; column <= right.Length; column++)
            {
                var cost = Same(left[row - 1], right[column - 1]) ? 0 : 1;
                var least = Math.Min(Math.Min(previous[column] + 1, current[column - 1] + 1), previous[column - 1] + cost);
                if (row > 1 && column > 1 && Same(left[row - 1], right[column - 2]) && Same(left[row - 2], right[column - 1]))
                    least = Math.Min(least, beforePrevious[column - 2] + 1);
                current[column] = least;
            }
        }

        return current[right.Length];
    }

    private static string Plain(string name) => name.Replace("_", string.Empty, StringComparison.Ordinal).Replace("-", string.Empty, StringComparison.Ordinal);

    private static bool Same(char left, char right) => char.ToUpperInvariant(left) == char.ToUpperInvariant(right);
}
