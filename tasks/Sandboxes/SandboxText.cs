using Cake.Core.Diagnostics;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Sandboxes;

/// <summary>Prints what people need to know about a running sandbox.</summary>
internal static class SandboxText
{
    /// <summary>A change of the sandbox itself.</summary>
    public static Change Change(RunOptions options, ChangeAction action) =>
        new(
            "sandbox",
            "Sandbox",
            null,
            options.Sandbox,
            action,
            action == ChangeAction.Delete ? null : $"{options.SandboxDataPlanes} data planes, round trip {(int)options.SandboxLatency.TotalMilliseconds} ms"
        );

    /// <summary>What runs, and the commands to look around with.</summary>
    public static void Report(ICakeLog log, SandboxState sandbox)
    {
        log.Information(
            "The sandbox is running: {0} clusters, round trip {1} ms, process {2}, since {3:u}",
            sandbox.Clusters.Count,
            (int)sandbox.Latency.TotalMilliseconds,
            sandbox.ProcessId,
            sandbox.StartedAt
        );
        foreach (var cluster in sandbox.Clusters)
        {
            log.Information(
                "  {0,-14} {1}  {2} requests, {3} writes",
                cluster.Name,
                cluster.Server.GetLeftPart(UriPartial.Authority),
                cluster.Requests,
                cluster.Writes
            );
        }

        log.Information("");
        log.Information("  export KUBECONFIG={0}", SuggestedCommand.Quoted(sandbox.Kubeconfig));
        log.Information("  kubectl --context {0} get deployments,pods --all-namespaces", sandbox.Clusters[0].Name);
        log.Information("  kubectl --context {0} get secrets --namespace flyte", sandbox.Clusters[^1].Name);
    }
}
