using System.Collections.Concurrent;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Kubernetes.Rollouts;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.ControlPlanes;
using Flyte.MultiCluster.Tasks.Prerequisites.GoogleCloud;

namespace Flyte.MultiCluster.Tasks.Verification;

/// <summary>What the checks of Verify share beside the clusters: what flyteadmin has loaded and stored, and the account.</summary>
internal sealed class VerifyContext : CheckContext
{
    private readonly ConcurrentDictionary<string, Lazy<Task<CredentialUse>>> _uses = new(StringComparer.Ordinal);
    private readonly Lazy<Task<LoadedConfiguration>> _loaded;
    private readonly Lazy<Task<StoredCredentials>> _stored;
    private readonly Lazy<Task<IReadOnlySet<string>>> _workloadNamespaces;
    private readonly Lazy<Task<string?>> _settled;
    private readonly CancellationToken _cancellation;

    /// <summary>Prepares; nothing is read yet.</summary>
    /// <param name="run">The run.</param>
    /// <param name="tools">What the checks look with.</param>
    /// <param name="cancellationToken">Cancels all reads.</param>
    /// <param name="dataPlanes">The data planes that are looked at; null for the run's.</param>
    public VerifyContext(FlyteContext run, VerifyTools tools, CancellationToken cancellationToken, IReadOnlyList<DataPlaneRun>? dataPlanes = null)
        : base(run, (tools ?? throw new ArgumentNullException(nameof(tools))).Shared, CheckTime.Verify, cancellationToken, dataPlanes)
    {
        (Tools, _cancellation) = (tools, cancellationToken);
        _loaded = new(() => LoadedConfiguration.ReadAsync(Control, tools.Values, run.Run.IsKustomize));
        _workloadNamespaces = new(ReadWorkloadNamespacesAsync);
        _settled = new(SettleAsync);
        _stored = new(async () => new StoredCredentials(await Control.CoreAsync("secrets", CredentialsSecret.Name)));
    }

    /// <summary>What the checks look with.</summary>
    public VerifyTools Tools { get; }

    /// <summary>What flyteadmin and syncresources have loaded.</summary>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    public Task<LoadedConfiguration> LoadedAsync() => _loaded.Value;

    /// <summary>The credentials that the control plane stores.</summary>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    public Task<StoredCredentials> StoredAsync() => _stored.Value;

    /// <summary>The namespaces of FlyteAdmin's projects and domains; none where it does not list them: nothing else tells a namespace of Flyte's from any
    /// other.</summary>
    /// <exception cref="KubernetesApiException">The control plane refused flyteadmin's configuration.</exception>
    public Task<IReadOnlySet<string>> WorkloadNamespacesAsync() => _workloadNamespaces.Value;

    /// <inheritdoc/>
    public override Task<string?> SettledAsync() => _settled.Value;

    /// <summary>What becomes of an entry's stored credential at the entry's endpoint; it is used once for all checks.</summary>
    public Task<CredentialUse> UseAsync(ClusterEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return _uses.GetOrAdd(entry.Name, _ => new(() => UseOnceAsync(entry))).Value;
    }

    /// <summary>Adds a check, so that others can ask for its results.</summary>
    internal void Register(ICheck<VerifyContext> check) => Register(check.Name, () => check.RunAsync(this, _cancellation));

    private async Task<IReadOnlySet<string>> ReadWorkloadNamespacesAsync()
    {
        var none = new HashSet<string>();
        if (
            Run.Run.FlyteAdmin is not { } admin
            || await BlockedByAsync(null, CheckNames.FlyteAdmin) is not null
            || (await Control.ReachAsync()).Failure is not null
        )
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
            return ReplacedFlyteAdmin.Describe(
                await pods.UntilGoneAsync(_ => { }, _cancellation, await Control.PodsAsync()),
                deployment,
                $"kubectl --context {Control.Cluster.Context} -n {Control.Namespace}"
            );
        }
        catch (KubernetesApiException)
        {
            // Other checks say that pods cannot be read.
            return null;
        }
    }

    private async Task<CredentialUse> UseOnceAsync(ClusterEntry entry) =>
        (await StoredAsync()).Of(entry) is { Token: { } token, Ca: { } ca } && entry.Endpoint is { Length: > 0 } endpoint
            ? await CredentialUse.TryAsync(entry.Name, endpoint, new ClusterCredential(token, ca), Run.Run.Namespace, _cancellation)
            : new CredentialUse(null, "there is no credential, or no endpoint, to use.");
}
