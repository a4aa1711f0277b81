using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Removal;

/// <summary>Which keys of Secret <c>cluster-credentials</c> are a removed data plane's: those that its entry in clusterConfigs names, and its own.</summary>
internal sealed class RemovedCredentials
{
    private IReadOnlyList<ClusterEntry> _before = [];

    /// <summary>Remembers what clusterConfigs says before the entry goes.</summary>
    /// <param name="loaded">The configuration; null for none.</param>
    public void Look(ClusterConfigs? loaded) => _before = loaded?.Clusters ?? [];

    /// <summary>The keys of a data plane that no other cluster's entry names.</summary>
    /// <param name="plane">The data plane.</param>
    /// <param name="now">The configuration as it is now; null for none.</param>
    public IReadOnlyList<string> KeysOf(DataPlaneRun plane, ClusterConfigs? now)
    {
        ArgumentNullException.ThrowIfNull(plane);
        var others = _before.Concat(now?.Clusters ?? []).Where(entry => entry.Name != plane.Name).SelectMany(Keys).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. _before
                .Where(entry => entry.Name == plane.Name)
                .SelectMany(Keys)
                .Concat([plane.Spec.TokenKey, plane.Spec.CaKey])
                .Distinct(StringComparer.Ordinal)
                .Where(key => !others.Contains(key)),
        ];
    }

    private static IEnumerable<string> Keys(ClusterEntry entry) =>
        new[] { CredentialsSecret.KeyAt(entry.TokenPath), CredentialsSecret.KeyAt(entry.CertPath) }.OfType<string>();
}
