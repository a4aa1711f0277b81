using Flyte.MultiCluster.Common.Options;

namespace Flyte.MultiCluster.Tasks.Upgrades;

/// <summary>Which data planes are upgraded together.</summary>
internal static class UpgradeBatches
{
    private const int Quarters = 4;

    /// <summary>Cuts data planes into batches.</summary>
    /// <typeparam name="T">What stands for a data plane.</typeparam>
    /// <param name="left">Those that are still to be upgraded, in order.</param>
    /// <param name="all">How many there are with those that have been upgraded.</param>
    /// <param name="size">The size that was asked for; null for one first, then the rest by quarters.</param>
    public static IReadOnlyList<IReadOnlyList<T>> Of<T>(IReadOnlyList<T> left, int all, BatchSize? size)
    {
        ArgumentNullException.ThrowIfNull(left);
        if (size is not null)
            return [.. left.Chunk(size.Of(all))];

        // The first one has been tried before where this goes on after an interruption.
        var first = left.Count == all ? left.Take(1).ToArray() : [];
        var quarter = Math.Max(1, (int)Math.Ceiling((all - 1) / (double)Quarters));
        return [.. new[] { first }.Where(batch => batch.Length > 0), .. left.Skip(first.Length).Chunk(quarter)];
    }
}
