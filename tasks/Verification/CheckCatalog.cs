using Flyte.MultiCluster.Tasks.Verification.Checks;
using Flyte.MultiCluster.Tasks.Verification.Cloud;

namespace Flyte.MultiCluster.Tasks.Verification;

/// <summary>The checks there are, in the order of their results; docs/operations.md says what each means.</summary>
internal static class CheckCatalog
{
    /// <summary>The clusters answer.</summary>
    public const string Reachable = "reachable";

    /// <summary>Each name is a cluster of its own.</summary>
    public const string Identity = "identity";

    /// <summary>flyteadmin has loaded what the fleet and the release say.</summary>
    public const string Configuration = "configuration";

    /// <summary>The labels lead somewhere.</summary>
    public const string Labels = "labels";

    /// <summary>The weights are right.</summary>
    public const string Weights = "weights";

    /// <summary>The Secret holds each configured key.</summary>
    public const string SecretKeys = "secret-keys";

    /// <summary>The tokens are well-formed.</summary>
    public const string TokenFormat = "token-format";

    /// <summary>The CA certificates can be parsed.</summary>
    public const string CaFormat = "ca-format";

    /// <summary>The CA certificates have not expired.</summary>
    public const string CaExpiry = "ca-expiry";

    /// <summary>The credentials work.</summary>
    public const string Credential = "credential";

    /// <summary>The endpoints lead to the clusters that are meant.</summary>
    public const string Endpoint = "endpoint";

    /// <summary>The Secret is mounted.</summary>
    public const string CredentialMounts = "credential-mounts";

    /// <summary>The login to the cloud works.</summary>
    public const string CloudLogin = "cloud-login";

    /// <summary>Each cluster has an OIDC provider in IAM.</summary>
    public const string OidcProvider = "oidc-provider";

    /// <summary>The roles trust each cluster.</summary>
    public const string TrustPolicy = "trust-policy";

    /// <summary>The policy for the buckets is attached.</summary>
    public const string BucketPolicy = "bucket-policy";

    /// <summary>The service accounts name their cloud identities.</summary>
    public const string CloudIdentity = "cloud-identity";

    /// <summary>FlyteAdmin answers.</summary>
    public const string FlyteAdmin = "flyteadmin";

    /// <summary>Executions land where they should.</summary>
    public const string Smoke = "smoke";

    /// <summary>All of them but the smoke run.</summary>
    public static IReadOnlyList<IVerifyCheck> All { get; } =
    [
        new ToolsCheck(),
        new ContextsCheck(),
        new ReachableCheck(),
        new IdentityCheck(),
        new ReleaseCheck(),
        new ChartVersionCheck(),
        new DeploymentsCheck(),
        new DefinitionCheck(),
        new WebhookCheck(),
        new ClusterNameCheck(),
        new OneNameCheck(),
        new AdminEndpointCheck(),
        new CatalogCheck(),
        new PropellerLoginCheck(),
        new ConfigurationCheck(),
        new LabelsCheck(),
        new WeightsCheck(),
        new SecretOwnerCheck(),
        new SecretKeysCheck(),
        new TokenFormatCheck(),
        new CaFormatCheck(),
        new CaExpiryCheck(),
        new EndpointCheck(),
        new CredentialCheck(),
        new CredentialMountsCheck(),
        new LoadedCredentialsCheck(),
        new CloudLoginCheck(),
        new OidcProviderCheck(),
        new TrustPolicyCheck(),
        new BucketPolicyCheck(),
        new CloudIdentityCheck(),
        new FlyteAdminCheck(),
        new ExecutionLabelsCheck(),
        new WorkloadIdentityCheck(),
    ];

    /// <summary>All of them with the smoke run.</summary>
    public static IReadOnlyList<IVerifyCheck> WithSmoke { get; } = [.. All, new SmokeCheck()];
}
