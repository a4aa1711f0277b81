using System.Globalization;
using System.Text;

namespace Flyte.MultiCluster.Sandbox.FlyteAdmin.Clusters;

/// <summary>Clusters to choose from by weight: flytestdlib/random/weighted_random_list.go.</summary>
internal sealed class WeightedClusters
{
    private readonly List<(string Id, double UpTo)> _entries = [];
    private readonly double _total;

    /// <summary>Prepares the choice. Without any weight all are equal, otherwise those without one are never chosen.</summary>
    /// <exception cref="FormatException">There is none, or a weight is outside of 0 and 1.</exception>
    public WeightedClusters(IReadOnlyList<ClusterEntity> entries)
    {
        if (entries.Count == 0)
            throw new FormatException("entries is empty");
        foreach (var (index, entry) in entries.Index())
        {
            if (entry.Weight is < 0 or > 1)
                throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"invalid weight {entry.Weight:F6}, index {index}"));
        }

        var weighted = entries.Any(e => e.Weight > 0);
        foreach (var entry in entries.Where(e => !weighted || e.Weight > 0).OrderBy(e => e.Id, StringComparer.Ordinal))
        {
            _total += weighted ? entry.Weight : 1;
            _entries.Add((entry.Id, _total));
        }
    }

    /// <summary>A cluster; the same one each time for one execution.</summary>
    public string Choose(string execution)
    {
        var at = Fraction(execution) * _total;
        return _entries.Find(e => e.UpTo >= at).Id ?? _entries[^1].Id;
    }

    // FNV-1a and a finalizer that spreads names which differ at their end alone.
    private static double Fraction(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var b in Encoding.UTF8.GetBytes(text))
            hash = (hash ^ b) * 1099511628211UL;
        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9UL;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBUL;
        return ((hash ^ (hash >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
