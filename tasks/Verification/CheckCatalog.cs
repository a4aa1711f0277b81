using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.Checks.Shared;
using Flyte.MultiCluster.Tasks.Prerequisites;
using Flyte.MultiCluster.Tasks.Prerequisites.GoogleCloud;
using Flyte.MultiCluster.Tasks.Verification.Checks;
using Flyte.MultiCluster.Tasks.Verification.Cloud;

namespace Flyte.MultiCluster.Tasks.Verification;

/// <summary>
/// The checks there are, in the order of their results; docs/operations.md says what each means. Those that run before the first change are in
/// <see cref="PreflightChecks"/> too.
/// </summary>
internal static class CheckCatalog
{
    /// <summary>What Verify runs, but for the smoke run.</summary>
    public static IReadOnlyList<ICheck<VerifyContext>> Verify { get; } =
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
        new CredentialAgeCheck(),
        new CredentialMountsCheck(),
        new LoadedCredentialsCheck(),
        new CloudLoginCheck(),
        new OidcProviderCheck(),
        new TrustPolicyCheck(),
        new BucketPolicyCheck(),
        new CloudIdentityCheck(),
        new FlyteAdminAnswerCheck(),
        new ExecutionLabelsCheck(),
        new WorkloadIdentityCheck(),
    ];

    /// <summary>What an upgrade of releases can break: all but the accounts in the cloud.</summary>
    public static IReadOnlyList<ICheck<VerifyContext>> OfReleases { get; } =
    [
        .. Verify.Where(check =>
            check is not (CloudLoginCheck or OidcProviderCheck or TrustPolicyCheck or BucketPolicyCheck or CloudIdentityCheck or WorkloadIdentityCheck)
        ),
    ];

    /// <summary>What Verify runs, with the smoke run.</summary>
    public static IReadOnlyList<ICheck<VerifyContext>> WithSmoke { get; } = [.. Verify, new SmokeCheck()];

    /// <summary>All of them: what Verify runs, and what runs before the first change alone.</summary>
    public static IReadOnlyList<ICheck> All { get; } = [.. WithSmoke, .. PreflightChecks.All.Where(check => check.When == CheckTime.BeforeChange)];
}
