using Flyte.MultiCluster.Common.Kubernetes;

namespace Flyte.MultiCluster.Common.Run;

/// <summary>Data planes that the fleet disables may be away: switched off, deleted, without a context. Nothing waits for them, and they fail nothing.</summary>
public static class DisabledClusters
{
    /// <summary>How long a disabled cluster may take to say its version.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Asks a disabled cluster once whether it is there.</summary>
    /// <param name="api">The cluster's API.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>Why it is away; null where it answers.</returns>
    public static async Task<string?> AwayAsync(ClusterApi api, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(api);
        try
        {
            await api.ProbeAsync("/version", Patience, cancellationToken);
            return null;
        }
        catch (KubernetesApiException exception)
        {
            return exception.IsUnreachable ? exception.ServerMessage : exception.Message;
        }
    }

    /// <summary>That a data plane is left out, in words.</summary>
    /// <param name="why">Why it is away.</param>
    public static string LeftOut(string why)
    {
        ArgumentNullException.ThrowIfNull(why);
        return $"left out: the fleet disables it and it does not answer: {why.TrimEnd('.')}";
    }
}
