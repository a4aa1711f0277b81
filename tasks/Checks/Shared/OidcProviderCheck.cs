using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Checks.Shared;

/// <summary>Each EKS cluster has an OIDC provider in IAM, for tokens for AWS: without one no service account of it gets a role.</summary>
internal sealed class OidcProviderCheck()
    : CloudCheck<CheckContext>(
        CheckNames.OidcProvider,
        "each EKS cluster exists, and IAM has its OIDC provider with the client ID `sts.amazonaws.com`",
        CheckTime.Both,
        CheckSeverity.Refuses,
        CheckNames.CloudLogin
    )
{
    /// <inheritdoc/>
    protected override IEnumerable<CheckSubject> Of(CheckContext context, AwsView aws)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(aws);

        // A data plane that is left out is not looked at before a change.
        return context
            .Clusters.Where(cluster => !(context.IsBeforeChange && cluster.Cluster is DataPlaneRun { LeftOutReason: not null }))
            .Select(cluster => new CheckSubject(cluster.Name, cluster.Name, async () => [await OfAsync(context, aws, cluster.Cluster)]));
    }

    private static async Task<Finding> OfAsync(CheckContext context, AwsView aws, ClusterRun cluster)
    {
        var described = await aws.ClusterAsync(cluster);
        if (described.Cluster is not { } found)
            return !context.IsBeforeChange && described.AwayReason is { } away ? Finding.Skipped(away) : Finding.Of(described.Problem!);
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
