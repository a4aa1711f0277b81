namespace Flyte.MultiCluster.Common.Fleets;

/// <summary>The weights of an execution cluster label once clusters leave it.</summary>
public static class LabelWeights
{
    // Weights that people read.
    private const int ShortDigits = 4;
    private const double Tolerance = 1e-9;

    /// <summary>A label's clusters without some: their weight goes to one cluster, or to the label's other ones in proportion.</summary>
    /// <param name="members">The label's clusters, with the leaving ones.</param>
    /// <param name="leaving">The names of the clusters that leave.</param>
    /// <param name="target">The cluster that takes their weight; null for the label's other ones.</param>
    /// <returns>The clusters that stay, with weights that sum to 1; null where none has a weight.</returns>
    public static IReadOnlyList<WeightedCluster>? Without(IReadOnlyList<WeightedCluster> members, IReadOnlySet<string> leaving, string? target = null)
    {
        ArgumentNullException.ThrowIfNull(members);
        ArgumentNullException.ThrowIfNull(leaving);
        var staying = members.Where(member => !leaving.Contains(member.Id)).ToList();
        var moved = members.Where(member => leaving.Contains(member.Id)).Sum(member => member.Weight);
        if (target is not null && moved > 0)
        {
            var at = staying.FindIndex(member => member.Id == target);
            if (at < 0)
                staying.Add(new WeightedCluster(target, moved));
            else
                staying[at] = staying[at] with { Weight = staying[at].Weight + moved };
        }

        return moved <= 0 && staying.Sum(member => member.Weight) > 0 ? staying : Scaled(staying);
    }

    /// <summary>Clusters with weights in the same proportion that sum to 1: what rounding leaves goes to the largest.</summary>
    /// <param name="members">The clusters.</param>
    /// <param name="digits">How many digits a weight has behind the point.</param>
    /// <returns>Null where none has a weight.</returns>
    public static IReadOnlyList<WeightedCluster>? Scaled(IReadOnlyList<WeightedCluster> members, int digits = ShortDigits)
    {
        ArgumentNullException.ThrowIfNull(members);
        var sum = members.Sum(member => member.Weight);
        if (sum <= 0)
            return null;
        if (Math.Abs(sum - 1) < Tolerance)
            return members;
        var scaled = members.ToList().ConvertAll(member => member with { Weight = Math.Round(member.Weight / sum, digits) });
        var largest = scaled.FindIndex(member => member.Weight == scaled.Max(other => other.Weight));
        var rest = Math.Round(1 - scaled.Where((_, index) => index != largest).Sum(member => member.Weight), digits);
        scaled[largest] = scaled[largest] with { Weight = rest };
        return scaled;
    }
}
