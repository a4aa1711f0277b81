using System.Collections.Concurrent;
using Flyte.MultiCluster.Aws;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Changes;
using Flyte.MultiCluster.Eksctl;
using Flyte.MultiCluster.Runs;

namespace Flyte.MultiCluster.Iam;

/// <summary>Associates OIDC providers with the clusters that have none.</summary>
/// <param name="context">The run.</param>
/// <param name="snapshot">AWS as it is.</param>
public sealed class ProviderAssociation(FlyteContext context, AwsSnapshot snapshot)
{
    /// <summary>Associates them, all at once, and reads their ARNs back.</summary>
    /// <exception cref="InvalidOperationException">Some have no provider afterwards: all of them are named.</exception>
    /// <exception cref="AwsException">The providers cannot be read.</exception>
    public async Task<StageResult> RunAsync(CancellationToken cancellationToken)
    {
        var missing = snapshot.Clusters.Where(cluster => snapshot.Provider(cluster) is null).ToArray();
        if (missing.Length == 0)
            return StageResult.Done;
        var failed = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(missing, new ParallelOptions { MaxDegreeOfParallelism = context.Options.Parallelism, CancellationToken = cancellationToken }, async (cluster, token) =>
        {
            try
            {
                var change = new Change(cluster.Plane, "OidcProvider", null, cluster.Issuer, ChangeAction.Create, $"EKS cluster {cluster.Name}, {cluster.Region}");
                await context.Gate.PassAsync(change, (permit, end) => AssociateAsync(permit, cluster, end), token);
            }
            catch (Exception exception) when (exception is AwsException or EksctlException or Cake.Core.CakeException)
            {
                failed[cluster.Plane] = exception.Message;
            }
        });
        if (context.Gate.IsOpen)
            snapshot.Providers = await context.Aws.Providers.ListAsync(context.Run.Fleet.Aws!.Region, cancellationToken);
        foreach (var cluster in context.Gate.IsOpen ? missing.Where(one => snapshot.Provider(one) is null) : [])
            failed.TryAdd(cluster.Plane, $"IAM has no provider for {cluster.IssuerUrl} although it was made. Run again; if it stays so, give --without-eksctl.");
        if (!failed.IsEmpty)
            throw new InvalidOperationException(string.Join(' ', failed.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key}: {one.Value}")));
        return StageResult.Done;
    }

    private Task AssociateAsync(ChangePermit permit, EksCluster cluster, CancellationToken cancellationToken)
        => context.Options.WithoutEksctl
            ? context.Aws.Providers.CreateAsync(permit, cluster.Region, cluster.IssuerUrl, cancellationToken)
            : context.Eksctl.CreateProviderAsync(permit, new EksctlSettings { Cluster = cluster.Name, Region = cluster.Region }, cancellationToken);
}
