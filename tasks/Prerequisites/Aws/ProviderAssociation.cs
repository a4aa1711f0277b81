using System.Collections.Concurrent;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;
using Flyte.MultiCluster.Common.Tools.Eksctl;

namespace Flyte.MultiCluster.Tasks.Prerequisites.Aws;

/// <summary>Associates OIDC providers with the clusters that have none; one that is there gets the audience of tokens for AWS where it is missing.</summary>
/// <param name="context">The run.</param>
/// <param name="snapshot">AWS as it is.</param>
/// <param name="aws">The aws commands.</param>
/// <param name="eksctl">The eksctl commands.</param>
internal sealed class ProviderAssociation(FlyteContext context, AwsSnapshot snapshot, AwsTools aws, EksctlRunner eksctl)
{
    private const string Kind = "OidcProvider";

    /// <summary>Associates them, all at once, and reads their ARNs back.</summary>
    /// <exception cref="InvalidOperationException">Some have no provider afterwards: all of them are named.</exception>
    /// <exception cref="AwsException">The providers cannot be read.</exception>
    public async Task<StageResult> RunAsync(CancellationToken cancellationToken)
    {
        var missing = snapshot.Clusters.Where(cluster => snapshot.Provider(cluster) is null).ToArray();
        var withoutClientId = snapshot
            .Clusters.Where(cluster =>
                snapshot.Provider(cluster) is { } provider && snapshot.ProvidersWithoutClientId.Contains(provider, StringComparer.Ordinal)
            )
            .ToArray();
        if (missing.Length + withoutClientId.Length == 0)
            return StageResult.Done;
        var failed = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            missing.Concat(withoutClientId),
            new ParallelOptions { MaxDegreeOfParallelism = context.Options.Parallelism, CancellationToken = cancellationToken },
            async (cluster, token) =>
            {
                try
                {
                    await (snapshot.Provider(cluster) is { } provider ? AddClientIdAsync(cluster, provider, token) : CreateAsync(cluster, token));
                }
                catch (Exception exception) when (exception is AwsException or EksctlException or Cake.Core.CakeException)
                {
                    failed[cluster.Plane] = exception.Message;
                }
            }
        );
        if (context.Gate.IsOpen)
            snapshot.ProvidersWithoutClientId =
            [
                .. withoutClientId.Where(cluster => failed.ContainsKey(cluster.Plane)).Select(snapshot.Provider).OfType<string>(),
            ];
        if (context.Gate.IsOpen && missing.Length > 0)
            snapshot.Providers = await aws.Providers.ListAsync(context.Run.Fleet.Aws!.Region, cancellationToken);
        foreach (var cluster in context.Gate.IsOpen ? missing.Where(one => snapshot.Provider(one) is null) : [])
            failed.TryAdd(
                cluster.Plane,
                $"IAM has no provider for {cluster.IssuerUrl} although it was created. Run again; if it persists, give --without-eksctl."
            );
        if (!failed.IsEmpty)
            throw new InvalidOperationException(
                string.Join(' ', failed.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key}: {one.Value}"))
            );
        return StageResult.Done;
    }

    private Task<bool> CreateAsync(EksCluster cluster, CancellationToken cancellationToken) =>
        context.Gate.PassAsync(
            new Change(cluster.Plane, Kind, null, cluster.Issuer, ChangeAction.Create, $"EKS cluster {cluster.Name}, {cluster.Region}"),
            (permit, end) => AssociateAsync(permit, cluster, end),
            cancellationToken
        );

    private Task<bool> AddClientIdAsync(EksCluster cluster, string provider, CancellationToken cancellationToken) =>
        context.Gate.PassAsync(
            new Change(
                cluster.Plane,
                Kind,
                null,
                cluster.Issuer,
                ChangeAction.Update,
                $"add the client ID {TrustedCluster.Audience}: without it AWS accepts no token from EKS cluster {cluster.Name}"
            ),
            (permit, end) => aws.Providers.PutClientIdAsync(permit, cluster.Region, provider, TrustedCluster.Audience, end),
            cancellationToken
        );

    private Task AssociateAsync(ChangePermit permit, EksCluster cluster, CancellationToken cancellationToken) =>
        context.Options.WithoutEksctl
            ? aws.Providers.CreateAsync(permit, cluster.Region, cluster.IssuerUrl, cancellationToken)
            : eksctl.CreateProviderAsync(permit, new EksctlSettings { Cluster = cluster.Name, Region = cluster.Region }, cancellationToken);
}
