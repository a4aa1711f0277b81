namespace Flyte.MultiCluster.Sandbox.FlyteAdmin.Clusters;

/// <summary>What a project's namespace is to hold.</summary>
/// <param name="Name">The namespace.</param>
/// <param name="Accounts">The service accounts of the templates.</param>
internal sealed record NamespaceResources(string Name, IReadOnlyList<TemplatedAccount> Accounts);

/// <summary>
/// Makes the namespaces of all projects and domains in clusters, and their service accounts: flyteadmin's pkg/clusterresource/controller.go, with its
/// templates of namespaces and service accounts.
/// </summary>
internal static class ClusterResources
{
    private const string NamespaceFile = "aa_namespace.yaml";

    /// <summary>Creates what is missing and patches what differs, in all clusters at once.</summary>
    /// <returns>What went wrong, in flyteadmin's words; null for nothing.</returns>
    public static async Task<string?> SyncAsync(
        IReadOnlyList<ITargetCluster> clusters,
        IReadOnlyList<NamespaceResources> namespaces,
        CancellationToken cancellationToken
    )
    {
        var errors = await Task.WhenAll(clusters.Select(c => SyncAsync(c, namespaces, cancellationToken)));
        return errors.Any(e => e.Length > 0) ? string.Join(", ", errors.SelectMany(e => e)) : null;
    }

    private static async Task<string[]> SyncAsync(ITargetCluster cluster, IReadOnlyList<NamespaceResources> namespaces, CancellationToken cancellationToken)
    {
        if (namespaces.Count == 0)
            return [];

        // The first tells whether the cluster can be used at all.
        if (await MakeAsync(cluster, namespaces[0], cancellationToken) is { Count: > 0 } errors)
            return [.. errors];
        var rest = await Task.WhenAll(namespaces.Skip(1).Select(ns => MakeAsync(cluster, ns, cancellationToken)));
        return [.. rest.SelectMany(error => error)];
    }

    private static async Task<List<string>> MakeAsync(ITargetCluster cluster, NamespaceResources ns, CancellationToken cancellationToken)
    {
        var errors = new List<string>();
        await TryAsync(NamespaceFile, () => cluster.CreateNamespaceAsync(ns.Name, cancellationToken));
        foreach (var account in errors.Count > 0 ? [] : ns.Accounts)
        {
            if (account.Account is { } wanted)
                await TryAsync(account.File, () => cluster.PutServiceAccountAsync(ns.Name, wanted, cancellationToken));
            else
                errors.Add(account.Error ?? string.Empty);
        }

        return errors;

        async Task TryAsync(string file, Func<Task> make)
        {
            try
            {
                await make();
            }
            catch (TargetException e)
            {
                errors.Add($"Failed to create kubernetes object from config template [{file}] for namespace [{ns.Name}] with err: {e.Message}");
            }
        }
    }
}
