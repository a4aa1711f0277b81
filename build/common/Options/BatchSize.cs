using System.Globalization;

namespace Flyte.MultiCluster.Common.Options;

/// <summary>How many data planes are worked on before the next ones begin.</summary>
/// <param name="Count">Their number; null where a share of all is given.</param>
/// <param name="Percent">The share of all, from 1 to 100; null where a number is given.</param>
public sealed record BatchSize(int? Count, int? Percent)
{
    private const int MostClusters = 1000;

    /// <summary>How many of a number of data planes that is, at least 1.</summary>
    /// <param name="all">The number of data planes.</param>
    public int Of(int all) => Count ?? Math.Max(1, (int)Math.Ceiling(all * Percent!.Value / 100.0));

    /// <summary>Reads <c>3</c> or <c>25%</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="size">What it says; null where it says nothing.</param>
    /// <returns>Whether it is a batch size.</returns>
    public static bool TryRead(string text, out BatchSize? size)
    {
        ArgumentNullException.ThrowIfNull(text);
        var isShare = text.EndsWith('%');
        var isRead = int.TryParse(text.TrimEnd('%'), NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        size = !isRead || number < 1 || number > (isShare ? 100 : MostClusters) ? null : new BatchSize(isShare ? null : number, isShare ? number : null);
        return size is not null && text.Count(letter => letter == '%') <= 1;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Count ?? Percent}{(Percent is null ? string.Empty : "%")}");
}
