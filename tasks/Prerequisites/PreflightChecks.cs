using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.Checks.Shared;
using Flyte.MultiCluster.Tasks.Prerequisites.Aws;
using Flyte.MultiCluster.Tasks.Prerequisites.GoogleCloud;

namespace Flyte.MultiCluster.Tasks.Prerequisites;

/// <summary>The checks that run before the first change. Those that Verify runs too are the same ones.</summary>
internal static class PreflightChecks
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<ICheck> All => [Tools, Contexts, Reachable, Identity, .. OfCluster, .. OfFlyteAdmin, .. OfAws, .. OfGoogleCloud];

    /// <summary>The checks of one cluster that answers, each after those that it names as coming before it.</summary>
    public static IReadOnlyList<ClusterCheck<CheckContext>> OfCluster { get; } = [new PermissionsCheck(), new ReleaseCheck(), new SecretOwnerCheck()];

    /// <summary>What <see cref="CheckFlyteAdmin"/> runs.</summary>
    public static IReadOnlyList<ISubjectCheck<CheckContext>> OfFlyteAdmin { get; } =
    [new FlyteClientsCheck(), new NamedLabelsCheck(), new FlyteAdminAnswerCheck(), new ProjectsCheck(), new LaunchPlansCheck()];

    /// <summary>What <see cref="CheckAws"/> runs.</summary>
    public static IReadOnlyList<ISubjectCheck<CheckContext>> OfAws { get; } =
    [new CloudLoginCheck(), new OidcProviderCheck(), new TrustLimitCheck(), new EksctlCheck()];

    /// <summary>What <see cref="CheckGoogleCloud"/> runs.</summary>
    public static IReadOnlyList<ISubjectCheck<CheckContext>> OfGoogleCloud { get; } = [new WorkloadIdentityCheck()];

    internal static ToolsCheck Tools { get; } = new();

    internal static ContextsCheck Contexts { get; } = new();

    internal static ReachableCheck Reachable { get; } = new();

    internal static IdentityCheck Identity { get; } = new();
}
