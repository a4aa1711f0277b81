using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;

namespace Flyte.MultiCluster.Common.Cloud.Aws;

/// <summary>A cluster of the fleet as AWS reports it.</summary>
/// <param name="Cluster">The cluster; null where AWS does not say.</param>
/// <param name="Problem">Why; null where AWS does say.</param>
/// <param name="AwayReason">Why a cluster that the fleet disables is away, in Verify no problem; null where it is not.</param>
public sealed record AwsCluster(EksCluster? Cluster, Problem? Problem, string? AwayReason = null);

/// <summary>
/// AWS as the stages and the checks see it: each thing is read when it is first asked for, and once for all who ask. What is wrong with the login and
/// the clusters is said here, for the preflight and Verify alike.
/// </summary>
public sealed class AwsView
{
    private readonly FleetRun _run;
    private readonly RunOptions _options;
    private readonly AwsTools _tools;
    private readonly CancellationToken _cancellation;
    private readonly Lazy<Task<AwsLogin>> _login;
    private readonly Lazy<Task<IReadOnlyDictionary<string, AwsCluster>>> _clusters;
    private readonly Lazy<Task<IReadOnlyList<string>>> _providers;
    private readonly Lazy<Task<IamPolicy?>> _policy;
    private readonly Lazy<Task<(IamPolicy? Policy, JsonObject? Document)>> _document;
    private readonly ConcurrentDictionary<string, Lazy<Task<AwsCluster>>> _eks = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyList<string>?>>> _clientIds = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<IamRole?>>> _roles = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyList<string>>>> _attached = new(StringComparer.Ordinal);

    /// <summary>Prepares; nothing is read yet.</summary>
    /// <param name="run">The run, whose fleet is on AWS.</param>
    /// <param name="options">The options.</param>
    /// <param name="tools">The aws commands.</param>
    /// <param name="cancellationToken">Cancels all reads.</param>
    public AwsView(FleetRun run, RunOptions options, AwsTools tools, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(tools);
        (_run, _options, _tools, Settings, _cancellation) = (run, options, tools, run.Fleet.Aws!, cancellationToken);
        _login = new(() => AwsLogin.TryAsync(tools, Settings, cancellationToken));
        _clusters = new(ReadClustersAsync);
        _providers = new(() => tools.Providers.ListAsync(Settings.Region, cancellationToken));
        _policy = new(() => tools.Policies.FindAsync(Settings.Region, Settings.PolicyName, cancellationToken));
        _document = new(ReadDocumentAsync);
    }

    /// <summary>The fleet's roles, as it wants them.</summary>
    public AwsSettings Settings { get; }

    /// <summary>The login to AWS.</summary>
    public Task<AwsLogin> LoginAsync() => _login.Value;

    /// <summary>The caller identity in AWS.</summary>
    /// <exception cref="InvalidOperationException">The login does not work.</exception>
    public async Task<CallerIdentity> CallerAsync()
    {
        var login = await LoginAsync();
        return login.Caller ?? throw new InvalidOperationException($"{login.Problem}");
    }

    /// <summary>A cluster.</summary>
    public Task<AwsCluster> ClusterAsync(ClusterRun cluster)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        return _eks.GetOrAdd(cluster.Name, _ => new(() => ReadClusterAsync(cluster))).Value;
    }

    /// <summary>All clusters, by their fleet names, as many at a time as the run allows.</summary>
    public Task<IReadOnlyDictionary<string, AwsCluster>> ClustersAsync() => _clusters.Value;

    /// <summary>The ARNs of the account's OIDC providers.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public Task<IReadOnlyList<string>> ProvidersAsync() => _providers.Value;

    /// <summary>The ARN of a cluster's OIDC provider; null where there is none.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public async Task<string?> ProviderAsync(EksCluster cluster)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        return EksCluster.ProviderOf(cluster.IssuerUrl, await _providers.Value);
    }

    /// <summary>The audiences of a provider's tokens; null when there is no such provider.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public Task<IReadOnlyList<string>?> ClientIdsAsync(string provider) =>
        _clientIds.GetOrAdd(provider, key => new(() => _tools.Providers.ClientIdsAsync(Settings.Region, key, _cancellation))).Value;

    /// <summary>The buckets' policy; null where there is none.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public Task<IamPolicy?> PolicyAsync() => _policy.Value;

    /// <summary>The buckets' policy and the document in force; null where there is none.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public Task<(IamPolicy? Policy, JsonObject? Document)> PolicyDocumentAsync() => _document.Value;

    /// <summary>A role; null where there is none.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public Task<IamRole?> RoleAsync(string name) => _roles.GetOrAdd(name, key => new(() => _tools.Roles.GetAsync(Settings.Region, key, _cancellation))).Value;

    /// <summary>A role; null where there is none, and where it cannot be read, which is the check's of the trust policies.</summary>
    public async Task<IamRole?> TryRoleAsync(string name)
    {
        try
        {
            return await RoleAsync(name);
        }
        catch (AwsException)
        {
            return null;
        }
    }

    /// <summary>The ARNs of the policies attached to a role.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public Task<IReadOnlyList<string>> AttachedAsync(string name) =>
        _attached.GetOrAdd(name, key => new(() => _tools.Roles.AttachedPoliciesAsync(Settings.Region, key, _cancellation))).Value;

    private async Task<(IamPolicy? Policy, JsonObject? Document)> ReadDocumentAsync() =>
        await PolicyAsync() is { } policy ? (policy, await _tools.Policies.DocumentAsync(Settings.Region, policy, _cancellation)) : (null, null);

    private async Task<IReadOnlyDictionary<string, AwsCluster>> ReadClustersAsync()
    {
        var found = new ConcurrentDictionary<string, AwsCluster>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            _run.Clusters,
            new ParallelOptions { MaxDegreeOfParallelism = _options.Parallelism, CancellationToken = _cancellation },
            async (cluster, _) => found[cluster.Name] = await ClusterAsync(cluster)
        );
        return found;
    }

    private async Task<AwsCluster> ReadClusterAsync(ClusterRun cluster)
    {
        var wanted = cluster.CloudCluster!;
        var region = wanted.Region ?? Settings.Region;
        try
        {
            return await _tools.Eks.IssuerAsync(region, wanted.Name, _cancellation) switch
            {
                null when cluster is DataPlaneRun { Spec.Enabled: false } => new AwsCluster(
                    null,
                    NotThere(),
                    $"the fleet disables it, and there is no EKS cluster '{wanted.Name}' in {region}"
                ),
                null => new AwsCluster(null, NotThere()),
                "" => new AwsCluster(null, Wrong($"EKS cluster '{wanted.Name}' has no OIDC issuer.", "Wait until it is ACTIVE, and run again.")),
                var issuer => new AwsCluster(new EksCluster(cluster.Name, wanted.Name, region, issuer), null),
            };
        }
        catch (AwsException exception)
        {
            return new AwsCluster(null, Wrong($"EKS cluster '{wanted.Name}' cannot be read: {exception.Message}", "It must be readable, even for a plan."));
        }

        Problem NotThere() =>
            Wrong(
                $"There is no EKS cluster '{wanted.Name}' in {region}.",
                wanted.Create is null
                    ? $"Correct 'cluster' or 'region' in the fleet: 'aws eks list-clusters --region {region}' lists the names."
                    : $"The fleet describes how to create it: run {SuggestedCommand.Target(TargetNames.CreateNodeGroup, _options)}, "
                        + "which also creates its nodes and context."
            );

        Problem Wrong(string what, string remedy) => new(cluster.Name, what, remedy);
    }
}
