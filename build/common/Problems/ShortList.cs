namespace Flyte.MultiCluster.Common.Problems;

/// <summary>Lists in messages, which name the first few and count the rest.</summary>
public static class ShortList
{
    /// <summary>The first of a list and how many more there are: <c>a, b and 3 more</c>.</summary>
    /// <param name="all">The list.</param>
    /// <param name="most">How many are named at the most.</param>
    public static string Of(IReadOnlyCollection<string> all, int most)
    {
        ArgumentNullException.ThrowIfNull(all);
        return string.Join(", ", all.Take(most)) + (all.Count > most ? $" and {all.Count - most} more" : string.Empty);
    }
}
