using System.Net.Http.Headers;

namespace Flyte.MultiCluster.Common.Retries;

/// <summary>How long to wait before a request is sent again.</summary>
internal static class RetryPause
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>The pause after an attempt: 100 ms, doubled each time, give or take a quarter, so that many clients do not come back at once.</summary>
    /// <param name="attempt">How many attempts were made, from 1.</param>
    public static TimeSpan Backoff(int attempt) => TimeSpan.FromMilliseconds(100 * Math.Pow(2, attempt - 1) * (0.75 + (Random.Shared.NextDouble() / 2)));

    /// <summary>The pause that a server asks for, at most 10 s.</summary>
    /// <param name="header">Its <c>Retry-After</c>; null for none.</param>
    /// <param name="time">The clock, for a header that names a date.</param>
    /// <returns>The pause; null where none is asked for.</returns>
    public static TimeSpan? RequestedDelay(RetryConditionHeaderValue? header, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        if ((header?.Delta ?? header?.Date - time.GetUtcNow()) is not { } asked)
            return null;
        return asked < TimeSpan.Zero ? TimeSpan.Zero
            : asked > Longest ? Longest
            : asked;
    }
}
