namespace Flyte.MultiCluster.Common.Retries;

/// <summary>A failure that passes by itself: what a <see cref="RetryPolicy"/> tries again after. Nobody but the policy sees it.</summary>
public sealed class TransientException : Exception
{
    /// <summary>Marks a failure.</summary>
    /// <param name="failure">The failure, which is thrown when the policy gives up.</param>
    public TransientException(Exception failure)
        : base(failure?.Message, failure) { }

    /// <summary>The pause that the server asks for; null to leave it to the policy.</summary>
    public TimeSpan? RequestedDelay { get; init; }

    /// <summary>How many attempts are made at most; null to leave it to the policy.</summary>
    public int? Attempts { get; init; }
}
