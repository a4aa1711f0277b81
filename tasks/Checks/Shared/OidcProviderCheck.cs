using Flyte.MultiCluster.Common.Cloud.Aws;

namespace Flyte.MultiCluster.Tasks.Checks.Shared;

/// <summary>Each EKS cluster has an OIDC provider in IAM, for tokens for AWS: without one no service account of it gets a role.</summary>
internal sealed class OidcProviderCheck() : CloudCheck<CheckContext>(CheckNames.OidcProvider, CheckTime.Both, CheckNames.CloudLogin)
{
    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<CheckResult>> LookAsync(CheckContext context, AwsView aws)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(aws);
        var results = await Task.WhenAll(
            context.Clusters.Select(cluster => LookAsync(cluster.Name, async () => [await OfAsync(aws, (await aws.ClustersAsync())[cluster.Name])]))
        );
        return [.. results.SelectMany(result => result)];
    }

    private static async Task<Finding> OfAsync(AwsView aws, AwsCluster cluster)
    {
        if (cluster.Cluster is not { } found)
            return cluster.AwayReason is { } away ? Finding.Skipped(away) : Finding.Of(cluster.Problem!);
        if (await aws.ProviderAsync(found) is not { } arn || await aws.ClientIdsAsync(arn) is not { } ids)
            return Finding.Failed($"IAM has no OIDC provider for {found.IssuerUrl} (EKS cluster {found.Name}).", "Run AssociateOidcProvider.");
        return ids.Contains(TrustedCluster.Audience, StringComparer.Ordinal)
            ? Finding.Ok(arn)
            : Finding.Failed(
                $"{arn} is missing the client ID {TrustedCluster.Audience}: AWS accepts no token from EKS cluster {found.Name}.",
                "Run AssociateOidcProvider, which adds it."
            );
    }
}
