using System.Collections.Concurrent;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Kubernetes.Rollouts;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.ControlPlanes;
using Flyte.MultiCluster.Tasks.Prerequisites.GoogleCloud;

namespace Flyte.MultiCluster.Tasks.Verification;

/// <summary>What the checks share: the clusters, what flyteadmin has loaded and stored, and each other's results.</summary>
internal sealed class VerifyContext
{
    private readonly Dictionary<string, Lazy<Task<IReadOnlyList<CheckResult>>>> _results = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<CredentialUse>>> _uses = new(StringComparer.Ordinal);
    private readonly Lazy<Task<KubeconfigView>> _kubeconfig;
    private readonly Lazy<Task<LoadedConfiguration>> _loaded;
    private readonly Lazy<Task<StoredCredentials>> _stored;
    private readonly Lazy<Task<IReadOnlySet<string>>> _workloadNamespaces;
    private readonly Lazy<Task<string?>> _settled;
    private readonly CancellationToken _cancellation;

    /// <summary>Prepares; nothing is read yet.</summary>
    /// <param name="run">The run.</param>
    /// <param name="tools">What the checks look with.</param>
    /// <param name="cancellationToken">Ends all reads.</param>
    public VerifyContext(FlyteContext run, VerifyTools tools, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(tools);
        (Run, Tools, _cancellation) = (run, tools, cancellationToken);
        _kubeconfig = new(() => KubeconfigView.ReadAsync(run.Run, cancellationToken));
        Clusters = [.. run.Run.Clusters.Select(cluster => new ClusterSnapshot(cluster, run.Run.Namespace, _kubeconfig, cancellationToken))];
        _loaded = new(() => LoadedConfiguration.ReadAsync(Control, tools.Values, run.Run.IsKustomize));
        Aws = run.Run.Fleet.Aws is { } aws ? new AwsView(run, tools.Aws, aws, cancellationToken) : null;
        _workloadNamespaces = new(ReadWorkloadNamespacesAsync);
        _settled = new(SettleAsync);
        _stored = new(async () => new StoredCredentials(await Control.CoreAsync("secrets", CredentialsSecret.Name)));
    }

    /// <summary>The run.</summary>
    public FlyteContext Run { get; }

    /// <summary>What the checks look with.</summary>
    public VerifyTools Tools { get; }

    /// <summary>All clusters that are looked at, the control plane first.</summary>
    public IReadOnlyList<ClusterSnapshot> Clusters { get; }

    /// <summary>The control plane.</summary>
    public ClusterSnapshot Control => Clusters[0];

    /// <summary>The data planes.</summary>
    public IEnumerable<ClusterSnapshot> DataPlanes => Clusters.Skip(1);

    /// <summary>The clusters that run workflows: the data planes, and the control plane where the fleet says so.</summary>
    public IEnumerable<ClusterSnapshot> Running => Clusters.Where(cluster => cluster != Control || Run.Run.Fleet.ControlPlane.RunsWorkflows);

    /// <summary>The account on AWS; null where the fleet has none.</summary>
    public AwsView? Aws { get; }

    /// <summary>The kubeconfig's contexts.</summary>
    public Task<KubeconfigView> KubeconfigAsync() => _kubeconfig.Value;

    /// <summary>What flyteadmin and syncresources have loaded.</summary>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    public Task<LoadedConfiguration> LoadedAsync() => _loaded.Value;

    /// <summary>The credentials that the control plane stores.</summary>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    public Task<StoredCredentials> StoredAsync() => _stored.Value;

    /// <summary>The namespaces of FlyteAdmin's projects and domains; none where it does not list them: nothing else tells a namespace of Flyte's from any other.</summary>
    /// <exception cref="KubernetesApiException">The control plane refused flyteadmin's configuration.</exception>
    public Task<IReadOnlySet<string>> WorkloadNamespacesAsync() => _workloadNamespaces.Value;

    /// <summary>Waits until flyteadmin's replaced pods, which go on answering after a rollout, have ended.</summary>
    /// <returns>What was waited for, in words; null for nothing.</returns>
    public Task<string?> SettledAsync() => _settled.Value;

    /// <summary>What becomes of an entry's stored credential at the entry's endpoint; it is used once for all checks.</summary>
    /// <param name="entry">The entry of clusterConfigs.</param>
    public Task<CredentialUse> UseAsync(ClusterEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return _uses.GetOrAdd(entry.Name, _ => new(() => UseOnceAsync(entry))).Value;
    }

    /// <summary>The results of a check, which begins when the first one asks.</summary>
    /// <param name="check">The check's name.</param>
    public Task<IReadOnlyList<CheckResult>> ResultsOfAsync(string check) => _results.TryGetValue(check, out var results) ? results.Value : Task.FromResult<IReadOnlyList<CheckResult>>([]);

    /// <summary>The first of the given checks that leaves a cluster's next one without ground: it failed, or was skipped itself.</summary>
    /// <param name="cluster">The cluster; null for any.</param>
    /// <param name="checks">The checks that come first.</param>
    /// <returns>Its name; null where all passed, with warnings or without.</returns>
    public async Task<string?> BlockedByAsync(string? cluster, params IReadOnlyList<string> checks)
    {
        ArgumentNullException.ThrowIfNull(checks);
        foreach (var check in checks)
        {
            if ((await ResultsOfAsync(check)).Any(result => (cluster is null || result.Cluster == cluster) && result.Status is CheckStatus.Failed or CheckStatus.Skipped))
                return check;
        }

        return null;
    }

    internal void Register(IVerifyCheck check) => _results.Add(check.Name, new(() => RunAsync(check)));

    // A check that stops is a failed one, never the end of the others.
    private async Task<IReadOnlyList<CheckResult>> RunAsync(IVerifyCheck check)
    {
        try
        {
            return await check.RunAsync(this, _cancellation);
        }
        catch (Exception exception) when (!_cancellation.IsCancellationRequested)
        {
            return [VerifyCheck.Stopped(check.Name, null, exception, TimeSpan.Zero)];
        }
    }

    private async Task<IReadOnlySet<string>> ReadWorkloadNamespacesAsync()
    {
        var none = new HashSet<string>();
        if (Run.Run.FlyteAdmin is not { } admin || await BlockedByAsync(null, CheckCatalog.FlyteAdmin) is not null || (await Control.ReachAsync()).Failure is not null)
            return none;
        try
        {
            var (projects, domains) = (admin.ProjectsAsync(_cancellation), admin.DomainsAsync(_cancellation));
            await Task.WhenAll(projects, domains);
            var template = await NamespaceTemplate.ReadAsync(Run.Run, Tools.Values, _cancellation);
            return (await projects).SelectMany(_ => domains.Result, template.Of).ToHashSet(StringComparer.Ordinal);
        }
        catch (FlyteAdminException)
        {
            return none;
        }
    }

    private async Task<string?> SettleAsync()
    {
        if ((await Control.ReachAsync()).Failure is not null)
            return null;
        var deployment = CredentialDeployments.Names[0];
        try
        {
            var pods = new ReplacedPods(Control.Cluster.Api, Control.Namespace, deployment);
            return ReplacedFlyteAdmin.Describe(await pods.UntilGoneAsync(_ => { }, _cancellation, await Control.PodsAsync()), deployment, $"kubectl --context {Control.Cluster.Context} -n {Control.Namespace}");
        }
        catch (KubernetesApiException)
        {
            // Other checks say that pods cannot be read.
            return null;
        }
    }

    private async Task<CredentialUse> UseOnceAsync(ClusterEntry entry)
        => (await StoredAsync()).Of(entry) is { Token: { } token, Ca: { } ca } && entry.Endpoint is { Length: > 0 } endpoint
            ? await CredentialUse.TryAsync(entry.Name, endpoint, new ClusterCredential(token, ca), Run.Run.Namespace, _cancellation)
            : new CredentialUse(null, "there is no credential, or no endpoint, to use.");
}
