using System.Text.Json.Nodes;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Credentials;
using Flyte.MultiCluster.Kubernetes;
using Flyte.MultiCluster.Problems;
using Flyte.MultiCluster.Runs;

namespace Flyte.MultiCluster.ControlPlanes;

/// <summary>
/// The clusters that stay enabled without this run having proven their credentials: other people's, and the fleet's that failed or were not
/// chosen. One of them that does not answer keeps every new flyteadmin pod from starting, as its init container
/// <c>sync-cluster-resources</c> reaches all enabled clusters (the chart's templates/admin/deployment.yaml).
/// </summary>
/// <param name="context">The run.</param>
/// <param name="control">The control plane.</param>
public sealed class EnabledClusters(FlyteContext context, ControlPlaneRun control)
{
    /// <summary>Refuses new flyteadmin pods that would not start.</summary>
    /// <param name="wanted">The values that the control plane would get.</param>
    /// <param name="cancellationToken">Ends the requests.</param>
    /// <exception cref="RefusedException">An enabled cluster's credential does not work.</exception>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    public async Task RefuseBlockedAsync(JsonObject wanted, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        if (HasInitContainer(wanted))
            await RefuseBlockedAsync(ClustersConfiguration.Of(wanted["configmap"]?["clusters"] as JsonObject ?? []), cancellationToken);
    }

    /// <summary>Refuses new flyteadmin pods that would not start with these clusters.</summary>
    /// <param name="wanted">The configuration that flyteadmin would get.</param>
    /// <param name="cancellationToken">Ends the requests.</param>
    /// <exception cref="RefusedException">An enabled cluster's credential does not work.</exception>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    public async Task RefuseBlockedAsync(ClustersConfiguration wanted, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        var proven = context.Run.Going.Select(plane => plane.Name).ToHashSet(StringComparer.Ordinal);
        ClusterEntry[] others = [.. wanted.Clusters
            .Where(cluster => cluster is { Enabled: true, InCluster: false, Endpoint.Length: > 0 } && !proven.Contains(cluster.Name))];
        if (others.Length == 0)
            return;
        var secret = await new CredentialsSecret(context, control).ReadAsync(cancellationToken);
        var problems = await Task.WhenAll(others.Select(cluster => ProblemAsync(cluster, secret?["data"] as JsonObject, cancellationToken)));
        if (problems.Any(problem => problem is not null))
            throw new RefusedException([.. problems.OfType<Problem>()]);
    }

    private async Task<Problem?> ProblemAsync(ClusterEntry cluster, JsonObject? data, CancellationToken cancellationToken)
    {
        try
        {
            var credential = new ClusterCredential(Stored(data, cluster.TokenPath), Stored(data, cluster.CertPath));
            await CredentialProof.ProveAsync(cluster.Name, cluster.Endpoint!, credential, context.Run.Namespace, cancellationToken);
            return null;
        }
        catch (Exception exception) when (exception is InvalidOperationException or KubernetesApiException or FormatException)
        {
            var isOurs = context.Run.Fleet.DataPlanes.Any(plane => plane.Name == cluster.Name);
            return new Problem(
                cluster.Name,
                $"It stays enabled in flyteadmin's configuration, and no new flyteadmin pod starts while an enabled cluster does not work. {exception.Message}",
                isOurs ? "Mend the cluster; or write enabled: false for it in the fleet, take it out of the labels, and run again without --cluster."
                    : context.Run.IsKustomize ? "Mend the cluster, or set enabled: false in its entry of flyteadmin's ConfigMap." : $"Mend the cluster, or set enabled: false in its entry of configmap.clusters.clusterConfigs ({control.Helm($"get values {control.Wanted.Release} -n {context.Run.Namespace}")} shows it).");
        }
    }

    private static string Stored(JsonObject? data, string? path)
    {
        var key = CredentialsSecret.KeyAt(path) ?? path;
        return (string?)data?[key ?? string.Empty] ?? throw new InvalidOperationException($"Secret {CredentialsSecret.Name} has no '{key}'.");
    }

    private bool HasInitContainer(JsonObject wanted)
        => context.Run.Chart.IsOn(wanted, "cluster_resource_manager", "enabled") && !context.Run.Chart.IsOn(wanted, "cluster_resource_manager", "standalone_deploy");
}
