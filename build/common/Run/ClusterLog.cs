using Cake.Core.Diagnostics;

namespace Flyte.MultiCluster.Common.Run;

/// <summary>Lines about a cluster in the log.</summary>
public static class ClusterLog
{
    /// <summary>Logs a line about a cluster.</summary>
    /// <param name="log">The log.</param>
    /// <param name="cluster">The cluster's fleet name.</param>
    /// <param name="line">The line.</param>
    public static void Report(this ICakeLog log, string cluster, string line) => log.Information("[{0}] {1}", cluster, line);
}
