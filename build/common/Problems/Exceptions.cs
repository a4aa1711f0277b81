namespace Flyte.MultiCluster.Common.Problems;

/// <summary>What an exception is to a run.</summary>
public static class Exceptions
{
    /// <summary>Whether it is the end that somebody asked for, and nothing that went wrong.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="token">What asks for the end.</param>
    public static bool IsEndOf(this Exception exception, CancellationToken token) => exception is OperationCanceledException && token.IsCancellationRequested;

    /// <summary>It in words; a refusal's own message only counts its problems.</summary>
    /// <param name="exception">The exception.</param>
    public static string Words(this Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception is RefusedException refused ? string.Join(' ', refused.Problems) : exception.Message;
    }
}
