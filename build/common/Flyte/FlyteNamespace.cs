using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;
using k8s.Models;

namespace Flyte.MultiCluster.Common.Flyte;

/// <summary>Flyte's namespace in a cluster (runbook: <c>kubectl create ns flyte</c>, <c>--create-namespace</c>).</summary>
public static class FlyteNamespace
{
    /// <summary>Creates the namespace where it is missing.</summary>
    /// <returns>True when it exists afterwards; false when it would be created with the gate open.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    /// <exception cref="InvalidOperationException">It is being deleted.</exception>
    public static async Task<bool> EnsureAsync(FleetRun run, ClusterRun cluster, IChangeGate gate, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(gate);
        var name = run.Namespace;
        var path = $"/api/v1/namespaces/{name}";
        if (await cluster.Api.GetAsync<V1Namespace>(path, cancellationToken) is { } live)
            return live.Status?.Phase != "Terminating"
                ? true
                : throw new InvalidOperationException($"Namespace {name} is being deleted. Wait until it is gone and run again.");
        if (run.Fleet.Flyte.IsGitOps)
            throw new InvalidOperationException($"There is no namespace {name} yet. Sync the cluster from Git (Render writes what it gets), and run again.");
        var wanted = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Namespace",
            ["metadata"] = new JsonObject { ["name"] = name },
        };
        var change = new Change(cluster.Name, "Namespace", null, name, ChangeAction.Create);
        return await gate.PassAsync(change, (permit, token) => cluster.Api.ApplyAsync(permit, path, wanted, FieldManagers.Tool, token), cancellationToken);
    }
}
