namespace Flyte.MultiCluster.Sandbox.FlyteAdmin.Clusters;

/// <summary>Makes the namespaces of all projects and domains in clusters: flyteadmin's pkg/clusterresource/controller.go, with its template of namespaces.</summary>
internal static class ClusterResources
{
    /// <summary>Creates what is missing, in all clusters at once.</summary>
    /// <returns>What went wrong, in flyteadmin's words; null for nothing.</returns>
    public static async Task<string?> SyncAsync(IReadOnlyList<ITargetCluster> clusters, IReadOnlyList<string> namespaces, CancellationToken cancellationToken)
    {
        var errors = await Task.WhenAll(clusters.Select(c => SyncAsync(c, namespaces, cancellationToken)));
        return errors.Any(e => e.Length > 0) ? string.Join(", ", errors.SelectMany(e => e)) : null;
    }

    private static async Task<string[]> SyncAsync(ITargetCluster cluster, IReadOnlyList<string> namespaces, CancellationToken cancellationToken)
    {
        if (namespaces.Count == 0)
            return [];

        // The first tells whether the cluster can be used at all.
        if (await CreateAsync(cluster, namespaces[0], cancellationToken) is { } error)
            return [error];
        var rest = await Task.WhenAll(namespaces.Skip(1).Select(ns => CreateAsync(cluster, ns, cancellationToken)));
        return [.. rest.OfType<string>()];
    }

    private static async Task<string?> CreateAsync(ITargetCluster cluster, string ns, CancellationToken cancellationToken)
    {
        try
        {
            await cluster.CreateNamespaceAsync(ns, cancellationToken);
            return null;
        }
        catch (TargetException e)
        {
            return $"Failed to create kubernetes object from config template [aa_namespace.yaml] for namespace [{ns}] with err: {e.Message}";
        }
    }
}
