using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Removal;

/// <summary>Which keys of Secret <c>cluster-credentials</c> are a removed data plane's: those that its entry in clusterConfigs names, and its own.</summary>
internal sealed class RemovedCredentials
{
    private IReadOnlyList<ClusterEntry> _entries = [];

    /// <summary>Remembers what clusterConfigs says before the entry goes.</summary>
    /// <param name="loaded">The configuration; null for none.</param>
    public void Look(ClusterConfigs? loaded) => _entries = loaded?.Clusters ?? [];

    /// <summary>The keys of a data plane that no other cluster's entry names.</summary>
    /// <param name="plane">The data plane.</param>
    public IReadOnlyList<string> KeysOf(DataPlaneRun plane)
    {
        ArgumentNullException.ThrowIfNull(plane);
        var others = _entries.Where(entry => entry.Name != plane.Name).SelectMany(Keys).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. _entries
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
