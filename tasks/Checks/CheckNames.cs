namespace Flyte.MultiCluster.Tasks.Checks;

/// <summary>The names of checks that other checks name.</summary>
internal static class CheckNames
{
    /// <summary>helm and kubectl are there and new enough.</summary>
    public const string Tools = "tools";

    /// <summary>The kubeconfig has each cluster's context.</summary>
    public const string Contexts = "contexts";

    /// <summary>The clusters answer.</summary>
    public const string Reachable = "reachable";

    /// <summary>Each name is a cluster of its own.</summary>
    public const string Identity = "identity";

    /// <summary>flyteadmin has loaded what the fleet and the release say.</summary>
    public const string Configuration = "configuration";

    /// <summary>The labels have enabled clusters.</summary>
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

    /// <summary>The endpoints point to the clusters that are meant.</summary>
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

    /// <summary>The tokens are young enough, and no rotation was left unfinished.</summary>
    public const string CredentialAge = "credential-age";

    /// <summary>The context may do what the stages do.</summary>
    public const string Permissions = "permissions";

    /// <summary>The Helm releases are there.</summary>
    public const string Release = "release";

    /// <summary>The trust policies have room for all clusters.</summary>
    public const string TrustLimit = "trust-limit";
}
