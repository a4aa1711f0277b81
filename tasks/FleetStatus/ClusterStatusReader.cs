using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Kubernetes.Rollouts;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Git;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.Verification;
using k8s.Models;

namespace Flyte.MultiCluster.Tasks.FleetStatus;

/// <summary>Reads what <c>Status</c> shows, from all clusters at once; what cannot be read of one is said in its row.</summary>
/// <param name="context">The clusters, with what has been read of them.</param>
/// <param name="cancellationToken">Cancels the requests.</param>
internal sealed class ClusterStatusReader(VerifyContext context, CancellationToken cancellationToken)
{
    private static readonly Dictionary<string, DrainEntry> None = new(StringComparer.Ordinal);

    /// <summary>Why it is not known which data planes are drained; null where it is.</summary>
    public string? DrainsUnread { get; private set; }

    /// <summary>Reads them: the control plane first, then the fleet's data planes, then those that flyteadmin alone knows.</summary>
    public async Task<IReadOnlyList<ClusterStatus>> ReadAsync()
    {
        var reading = DrainedAsync();
        var (clusters, stored) = await LoadedAsync();
        var rows = await Task.WhenAll(context.Clusters.Select(cluster => RowAsync(cluster, clusters, stored)));
        var others = (clusters?.Clusters ?? []).Where(entry => context.Run.Run.Fleet.DataPlanes.All(plane => plane.Name != entry.Name));
        var drained = await reading;
        return
        [
            .. rows.Select(row => row with { Drained = drained.GetValueOrDefault(row.Cluster)?.ToString() }),
            .. others
                .Where(entry => entry.Name != context.Control.Name)
                .Select(entry => new ClusterStatus(entry.Name)
                {
                    IsInFleet = false,
                    IsEnabled = entry.Enabled,
                    Drained = drained.GetValueOrDefault(entry.Name)?.ToString(),
                    Labels = Labels(clusters, entry.Name),
                }),
        ];
    }

    // Without it the rest of the rows is right all the same.
    private async Task<IReadOnlyDictionary<string, DrainEntry>> DrainedAsync()
    {
        if ((await context.Control.ReachAsync()).Failure is not null)
            return None;
        try
        {
            return await new DrainRecord(context.Run.Run).ReadAsync(cancellationToken);
        }
        catch (KubernetesApiException exception)
        {
            DrainsUnread = exception.Message;
            return None;
        }
    }

    private async Task<(ClusterConfigs? Clusters, StoredCredentials? Stored)> LoadedAsync()
    {
        if ((await context.Control.ReachAsync()).Failure is not null)
            return (null, null);
        try
        {
            var (loaded, stored) = (context.LoadedAsync(), context.StoredAsync());
            await Task.WhenAll(loaded, stored);
            return ((await loaded).Admin, await stored);
        }
        catch (KubernetesApiException)
        {
            // Its own row says that the control plane cannot be read.
            return (null, null);
        }
    }

    private async Task<ClusterStatus> RowAsync(ClusterSnapshot cluster, ClusterConfigs? clusters, StoredCredentials? stored)
    {
        var entry = clusters?.Clusters.FirstOrDefault(one => one.Name == cluster.Name);
        var row = new ClusterStatus(cluster.Name) { IsEnabled = entry?.Enabled, Labels = Labels(clusters, cluster.Name) };
        var credential = entry is null ? null : stored?.Of(entry);
        if (credential?.Ca is { } ca)
            row = row with { CaExpiry = GoPem.Ends(EncodedText.Of(ca)).Cast<DateTimeOffset?>().Min() };
        var reach = await cluster.ReachAsync();
        row = row with { IsReachable = reach.Failure is null, Problem = reach.Failure, Kubernetes = reach.Failure is null ? reach.Version : null };
        return reach.Failure is null ? await ReadAsync(cluster, row, credential, stored) : row;
    }

    private async Task<ClusterStatus> ReadAsync(ClusterSnapshot cluster, ClusterStatus row, StoredCredential? credential, StoredCredentials? stored)
    {
        try
        {
            var deployments = cluster.DeploymentsAsync();
            var workflows = UnfinishedWorkflows.ListAsync(cluster.Cluster.Api, cancellationToken);
            var age = AgeAsync(cluster, credential, stored);
            var release = context.Run.Run.IsKustomize ? Task.FromResult<HelmRelease?>(null) : cluster.ReleaseAsync();
            await Task.WhenAll(deployments, workflows, age, release);
            var newest = await release;
            var inForce = context.Run.Run.IsKustomize ? null : await cluster.InForceAsync();
            return row with
            {
                Deployments = deployments.Result.Count,
                ReadyDeployments = deployments.Result.Count(deployment => DeploymentState.IsServing(deployment.As<V1Deployment>())),
                RunningWorkflows = workflows.Result.Count,
                TokenAge = age.Result,
                Chart =
                    context.Run.Run.IsKustomize ? "kustomize"
                    : newest is null ? null
                    : $"{newest.ChartName} {newest.ChartVersion}",
                Revision = newest?.Revision,
                ReleaseStatus = newest?.Status,
                Source = SourceTree.Parse(inForce?.Description),
                Drift = inForce is null ? null : await DriftAsync(cluster, inForce),
            };
        }
        catch (Exception exception) when (exception is KubernetesApiException or FormatException)
        {
            return row with { Problem = exception.Message };
        }
    }

    private async Task<IReadOnlyList<string>> DriftAsync(ClusterSnapshot cluster, HelmRelease live)
    {
        var drift = await ManifestObjects.DriftAsync(cluster.Cluster.Api, cluster.Namespace, live, context.Tools.Values, cancellationToken);
        return [.. drift.Phrases, .. drift.Idle.Select(name => $"Deployment {name} has 0 replicas")];
    }

    private async Task<TimeSpan?> AgeAsync(ClusterSnapshot cluster, StoredCredential? credential, StoredCredentials? stored)
    {
        if (credential?.Token is not { } token || cluster.Cluster is not DataPlaneRun plane)
            return null;
        var secrets = await TokenSecret.ListAsync(context.Run.Run, plane, cancellationToken);
        return plane.Api.Time.GetUtcNow() - StoredToken.Of(token, secrets, stored!.WrittenAt(credential.TokenKey!)).MadeAt;
    }

    private static Dictionary<string, double> Labels(ClusterConfigs? clusters, string name) =>
        (clusters?.Labels.AsEnumerable() ?? [])
            .SelectMany(label => label.Value.Where(member => member.Id == name).Select(member => (label.Key, member.Weight)))
            .GroupBy(label => label.Key, StringComparer.Ordinal)
            .ToDictionary(label => label.Key, label => label.Sum(member => (double)member.Weight), StringComparer.Ordinal);
}
