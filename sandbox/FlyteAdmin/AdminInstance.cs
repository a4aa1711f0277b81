using Flyte.MultiCluster.Sandbox.FlyteAdmin.Clusters;
using Flyte.MultiCluster.Sandbox.FlyteAdmin.Database;

namespace Flyte.MultiCluster.Sandbox.FlyteAdmin;

/// <summary>A running flyteadmin, or one of its other commands: what it loaded, and its connections to the clusters.</summary>
internal sealed class AdminInstance : IDisposable
{
    private readonly Dictionary<string, ITargetCluster> _targets = new(StringComparer.Ordinal);

    /// <summary>Starts one.</summary>
    /// <param name="config">What it read.</param>
    /// <param name="local">The cluster that it runs in.</param>
    /// <param name="time">The clock.</param>
    public AdminInstance(AdminConfig config, ITargetCluster local, TimeProvider time)
    {
        Config = config;
        foreach (var cluster in config.Clusters.Clusters)
        {
            _targets[cluster.Name] = config.Credentials.TryGetValue(cluster.Name, out var credential)
                ? new TargetCluster(cluster.Endpoint, credential.Token, credential.Authority, time)
                : local;
        }

        if (config.Clusters.Clusters.Count == 0)
            _targets[""] = local;
    }

    /// <summary>What it read.</summary>
    public AdminConfig Config { get; }

    /// <summary>The namespace of its pod.</summary>
    public string Namespace { get; init; } = "flyte";

    /// <summary>Chooses where executions go; set where it serves.</summary>
    public ClusterSelector? Selector { get; init; }

    /// <summary>A cluster, enabled or not; null for one that is not configured.</summary>
    public ITargetCluster? Target(string name) => _targets.GetValueOrDefault(name);

    /// <summary>Makes the namespaces of all active projects, and their service accounts, in every enabled cluster.</summary>
    /// <returns>What went wrong; null for nothing.</returns>
    public Task<string?> SyncAsync(IEnumerable<Project> projects, CancellationToken cancellationToken)
    {
        var disabled = Config.Clusters.Clusters.Where(c => !c.Enabled).Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        var namespaces = projects.Where(p => !p.Archived).SelectMany(p => Config.Domains.Select(d => Resources(p.Id, d)));
        return ClusterResources.SyncAsync([.. _targets.Where(t => !disabled.Contains(t.Key)).Select(t => t.Value)], [.. namespaces], cancellationToken);
    }

    private NamespaceResources Resources(string project, Named domain)
    {
        var ns = Config.Namespace(project, domain.Name);
        return new NamespaceResources(ns, [.. Config.Templates.Accounts(project, domain.Id, ns)]);
    }

    public void Dispose()
    {
        foreach (var target in _targets.Values.OfType<IDisposable>())
            target.Dispose();
    }
}
