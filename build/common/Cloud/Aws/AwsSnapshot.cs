using Flyte.MultiCluster.Common.Tools.Aws;

namespace Flyte.MultiCluster.Common.Cloud.Aws;

/// <summary>A cluster of the fleet as EKS has it.</summary>
/// <param name="Plane">Its fleet name.</param>
/// <param name="Name">Its EKS name.</param>
/// <param name="Region">Its region.</param>
/// <param name="IssuerUrl">Its OIDC issuer, <c>https://…</c>.</param>
public sealed record EksCluster(string Plane, string Name, string Region, string IssuerUrl)
{
    /// <summary>The issuer without <c>https://</c>, as IAM writes it.</summary>
    public string Issuer => WithoutScheme(IssuerUrl);

    /// <summary>The ARN of an issuer's OIDC provider; null where there is none.</summary>
    /// <param name="issuerUrl">The issuer, <c>https://…</c>.</param>
    /// <param name="providers">The ARNs of the account's OIDC providers.</param>
    public static string? ProviderOf(string issuerUrl, IEnumerable<string> providers)
    {
        ArgumentNullException.ThrowIfNull(issuerUrl);
        return providers.FirstOrDefault(arn => arn.EndsWith($":oidc-provider/{WithoutScheme(issuerUrl)}", StringComparison.Ordinal));
    }

    private static string WithoutScheme(string url) => url.Replace("https://", string.Empty, StringComparison.Ordinal);
}

/// <summary>What a run knows of AWS: read once by the check, kept up by the stages.</summary>
public sealed class AwsSnapshot
{
    /// <summary>The caller identity in AWS.</summary>
    public required CallerIdentity Caller { get; init; }

    /// <summary>The control plane's cluster.</summary>
    public required EksCluster ControlPlane { get; init; }

    /// <summary>The clusters that run workflows: those of the chosen data planes in the fleet's order, and the control plane's where it runs some.</summary>
    public required IReadOnlyList<EksCluster> Workers { get; init; }

    /// <summary>All clusters, each once.</summary>
    public IEnumerable<EksCluster> Clusters => Workers.Prepend(ControlPlane).DistinctBy(cluster => cluster.Issuer, StringComparer.Ordinal);

    /// <summary>The ARNs of the account's OIDC providers.</summary>
    public required IReadOnlyList<string> Providers { get; set; }

    /// <summary>The ARNs of those of the clusters' providers that do not know the audience of tokens for AWS: AWS takes no token through them.</summary>
    public IReadOnlyList<string> ProvidersWithoutClientId { get; set; } = [];

    /// <summary>The roles that are there, by name.</summary>
    public required Dictionary<string, IamRole> Roles { get; init; }

    /// <summary>The policy; null while there is none.</summary>
    public required IamPolicy? Policy { get; set; }

    /// <summary>The ARN of a cluster's provider; null while there is none.</summary>
    public string? Provider(EksCluster cluster)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        return EksCluster.ProviderOf(cluster.IssuerUrl, Providers);
    }
}
