using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.ControlPlanes;

namespace Flyte.MultiCluster.Tasks.Verification.Checks;

/// <summary>No cluster is in clusterConfigs under two enabled names: flyteadmin sends executions under both, and refuses the events of one.</summary>
internal sealed class OneNameCheck()
    : VerifyCheck("one-name", "no cluster is in clusterConfigs under two enabled names, by its endpoint or its token's service account", CheckSeverity.Fails)
{
    /// <inheritdoc/>
    public override Task<IReadOnlyList<CheckResult>> RunAsync(VerifyContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return LookAsync(
            context.Control.Name,
            async () =>
            {
                if ((await context.Control.ReachAsync()).Failure is not null)
                    return [Finding.Skipped("the control plane does not answer")];
                if ((await context.LoadedAsync()).Admin is not { } loaded)
                    return [Finding.Skipped("flyteadmin has loaded no clusters: see configuration")];
                ClusterEntry[] enabled = [.. loaded.Clusters.Where(entry => entry.Enabled).DistinctBy(entry => entry.Name)];
                var stored = await context.StoredAsync();
                var accounts = enabled.ToDictionary(
                    entry => entry.Name,
                    entry => entry.InCluster ? null : TokenAccount.UidOf(stored.Of(entry).Token),
                    StringComparer.Ordinal
                );
                Finding[] wrong =
                [
                    .. enabled.SelectMany(
                        (one, index) => enabled.Skip(index + 1).Where(other => IsSame(one, other, accounts)).Select(other => Two(one, other))
                    ),
                ];
                return wrong.Length > 0 ? wrong : [Finding.Ok($"{enabled.Length} enabled, each with one name")];
            }
        );
    }

    private static bool IsSame(ClusterEntry one, ClusterEntry other, Dictionary<string, string?> accounts) =>
        one.InCluster || other.InCluster
            ? one.InCluster && other.InCluster
            : TwoNames.SameEndpoint(one.Endpoint, other.Endpoint) && (accounts[one.Name] is not { } uid || accounts[other.Name] is not { } twin || uid == twin)
                || (accounts[one.Name] is { } account && account == accounts[other.Name]);

    private static Finding Two(ClusterEntry one, ClusterEntry other) =>
        Finding.Failed(
            $"{one.Name} and {other.Name} are one cluster in clusterConfigs: flyteadmin sends executions under both names, and refuses the events of one.",
            "Set enabled: false for the name that flytepropeller does not have, wait until no execution is running under it, "
                + "and remove its entry from clusterConfigs."
        );
}
