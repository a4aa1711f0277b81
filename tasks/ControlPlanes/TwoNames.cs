using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.ControlPlanes;

/// <summary>
/// Clusters that flyteadmin's configuration would hold under two names: the fleet's, and one from before. flyteadmin sends executions under both,
/// and refuses the events of one. The names are one cluster's where the endpoints are the same, or the service accounts of the tokens.
/// </summary>
internal sealed class TwoNames(FleetRun run)
{
    /// <summary>What is wrong with a configuration.</summary>
    /// <param name="wanted">The configuration that flyteadmin would get.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <returns>A problem for each cluster with another name; none where each has one.</returns>
    /// <exception cref="KubernetesApiException">A server refused, or did not answer.</exception>
    public async Task<IReadOnlyList<Problem>> ProblemsAsync(ClusterConfigs wanted, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        var fleet = run.Fleet;
        var own = fleet.DataPlanes.Select(plane => plane.Name).Append(fleet.ControlPlane.Name).ToHashSet(StringComparer.Ordinal);
        ClusterEntry[] others = [.. wanted.Clusters.Where(entry => !own.Contains(entry.Name))];
        if (others.Length == 0)
            return [];
        var problems = new List<Problem?>();
        if (fleet.ControlPlane.RunsWorkflows && others.FirstOrDefault(entry => entry.InCluster) is { } inCluster)
            problems.Add(await ProblemAsync(run.ControlPlane, inCluster, "it is inCluster", cancellationToken));
        var accounts = await AccountsAsync(others, cancellationToken);
        problems.AddRange(await Task.WhenAll(run.Active.Select(plane => OfPlaneAsync(plane, others, accounts, cancellationToken))));
        return [.. problems.OfType<Problem>()];
    }

    /// <summary>Whether two addresses lead to the same API server.</summary>
    /// <param name="one">An address; null for none.</param>
    /// <param name="other">The other one.</param>
    public static bool SameEndpoint(string? one, string? other) => Address(one) is { } address && address == Address(other);

    private async Task<Problem?> OfPlaneAsync(
        DataPlaneRun plane,
        ClusterEntry[] others,
        IReadOnlyDictionary<string, string> accounts,
        CancellationToken cancellationToken
    )
    {
        if (others.FirstOrDefault(entry => !entry.InCluster && SameEndpoint(entry.Endpoint, plane.Endpoint)) is { } same)
            return await ProblemAsync(plane, same, $"its endpoint is {same.Endpoint}, too", cancellationToken);
        if (accounts.Count == 0)
            return null;
        var account = await plane.Api.GetAsync(KubernetesPaths.Core(run.Namespace, "serviceaccounts", "flyteadmin"), cancellationToken);
        return (string?)account?["metadata"]?["uid"] is { } uid && others.FirstOrDefault(entry => accounts.GetValueOrDefault(entry.Name) == uid) is { } twin
            ? await ProblemAsync(plane, twin, "its stored token belongs to this cluster's service account flyteadmin", cancellationToken)
            : null;
    }

    // A name that is disabled gets no executions; those that are under way go on under it.
    private static async Task<Problem?> ProblemAsync(ClusterRun cluster, ClusterEntry other, string why, CancellationToken cancellationToken)
    {
        var unfinished = await UnfinishedWorkflows.ListAsync(cluster.Api, cancellationToken);
        if (!other.Enabled && unfinished.Count == 0)
            return null;
        var work = unfinished.Count > 0 ? $" {UnfinishedWorkflows.Named(unfinished)}." : string.Empty;
        return new Problem(
            cluster.Name,
            $"flyteadmin's clusterConfigs already has this cluster as '{other.Name}' ({why}). "
                + $"flyteadmin would send executions under both names, and refuse the events of one.{work}",
            $"Write name: {other.Name} in the fleet. To give the cluster another name, first set enabled: false for {other.Name}, move its labels, "
                + $"and wait until no execution is running there ({UnfinishedWorkflows.Command(cluster.Context)})."
        );
    }

    private async Task<IReadOnlyDictionary<string, string>> AccountsAsync(ClusterEntry[] others, CancellationToken cancellationToken)
    {
        var data = (await new CredentialsSecret(run).ReadAsync(cancellationToken))?["data"] as JsonObject;
        return others
            .Where(entry => !entry.InCluster)
            .Select(entry => (entry.Name, Uid: CredentialsSecret.KeyAt(entry.TokenPath) is { } key ? TokenAccount.UidOf((string?)data?[key]) : null))
            .Where(entry => entry.Uid is not null)
            .ToDictionary(entry => entry.Name, entry => entry.Uid!, StringComparer.Ordinal);
    }

    private static string? Address(string? endpoint) =>
        string.IsNullOrEmpty(endpoint) ? null
        : Uri.TryCreate(endpoint.Contains("://", StringComparison.Ordinal) ? endpoint : $"https://{endpoint}", UriKind.Absolute, out var uri)
            ? $"{uri.Host.ToLowerInvariant()}:{uri.Port}{uri.AbsolutePath.TrimEnd('/')}"
        : endpoint;
}
