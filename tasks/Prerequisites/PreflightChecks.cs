using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.Checks.Shared;

namespace Flyte.MultiCluster.Tasks.Prerequisites;

/// <summary>The checks that run before the first change. Those that Verify runs too are the same ones.</summary>
internal static class PreflightChecks
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<ICheck> All =>
        [Tools, Contexts, Reachable, Identity, .. OfCluster, new FlyteAdminAnswerCheck(), new CloudLoginCheck(), new OidcProviderCheck()];

    /// <summary>The checks of one cluster that answers, each after those that it names as coming before it.</summary>
    public static IReadOnlyList<ClusterCheck<CheckContext>> OfCluster { get; } = [new PermissionsCheck(), new ReleaseCheck(), new SecretOwnerCheck()];

    internal static ToolsCheck Tools { get; } = new();

    internal static ContextsCheck Contexts { get; } = new();

    internal static ReachableCheck Reachable { get; } = new();

    internal static IdentityCheck Identity { get; } = new();
}
