namespace Flyte.MultiCluster.Common.Run;

/// <summary>Data planes that the fleet disables may be away: switched off, deleted, without a context. Nothing waits for them, and they fail nothing.</summary>
public static class DisabledClusters
{
    /// <summary>How long a disabled cluster may take to say its version.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>That a data plane is left out, in words.</summary>
    /// <param name="why">Why it is away.</param>
    public static string LeftOut(string why)
    {
        ArgumentNullException.ThrowIfNull(why);
        return $"left out: the fleet disables it and it does not answer: {why.TrimEnd('.')}";
    }
}
