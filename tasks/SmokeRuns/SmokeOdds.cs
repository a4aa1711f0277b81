using Flyte.MultiCluster.Common.Fleets;

namespace Flyte.MultiCluster.Tasks.SmokeRuns;

/// <summary>How many executions show every cluster of a label, when each goes to one of them at random, by weight.</summary>
internal static class SmokeOdds
{
    /// <summary>The most executions of one label.</summary>
    public const int Most = 20;

    private const double Risk = 0.01;

    /// <summary>As many as keep the chance that any cluster gets none at 1 % or less; at least one for each cluster, at most <see cref="Most"/>.</summary>
    /// <param name="clusters">The clusters; their weights are above 0 and sum to 1.</param>
    public static int Count(IReadOnlyList<WeightedCluster> clusters)
    {
        ArgumentNullException.ThrowIfNull(clusters);
        if (clusters.Count == 1)
            return 1;

        // The sum of the clusters' chances is never less than the chance of any.
        var count = Math.Min(Most, clusters.Count);
        while (count < Most && clusters.Sum(cluster => Missed(cluster.Weight, count)) > Risk)
            count++;
        return count;
    }

    /// <summary>The chance that a cluster gets none of so many executions.</summary>
    /// <param name="weight">The cluster's share.</param>
    /// <param name="count">How many executions.</param>
    public static double Missed(double weight, int count) => Math.Pow(1 - weight, count);
}
