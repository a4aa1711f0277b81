using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;
using Flyte.MultiCluster.Tasks.Checks;

namespace Flyte.MultiCluster.Tasks.Verification;

/// <summary>A cluster of the fleet as AWS reports it.</summary>
/// <param name="Cluster">The cluster; null where AWS does not say.</param>
/// <param name="Problem">Why; null where AWS does say.</param>
public sealed record AwsCluster(EksCluster? Cluster, Finding? Problem);

/// <summary>AWS as the checks see it: each thing is read when the first check asks for it, once for all of them, and as many at a time as the run allows.</summary>
public sealed class AwsView
{
    private readonly FlyteContext _run;
    private readonly AwsTools _tools;
    private readonly CancellationToken _cancellation;
    private readonly Lazy<Task<CallerIdentity>> _caller;
    private readonly Lazy<Task<IReadOnlyDictionary<string, AwsCluster>>> _clusters;
    private readonly Lazy<Task<IReadOnlyList<string>>> _providers;
    private readonly Lazy<Task<(IamPolicy? Policy, JsonObject? Document)>> _policy;
    private readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyList<string>?>>> _clientIds = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<IamRole?>>> _roles = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyList<string>>>> _attached = new(StringComparer.Ordinal);

    /// <summary>Prepares; nothing is read yet.</summary>
    /// <param name="run">The run.</param>
    /// <param name="tools">The aws commands.</param>
    /// <param name="settings">The fleet's roles.</param>
    /// <param name="cancellationToken">Ends all reads.</param>
    public AwsView(FlyteContext run, AwsTools tools, AwsSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(settings);
        (_run, _tools, Settings, _cancellation) = (run, tools, settings, cancellationToken);
        _caller = new(() => tools.Sts.CallerAsync(settings.Region, cancellationToken));
        _clusters = new(ReadClustersAsync);
        _providers = new(() => tools.Providers.ListAsync(settings.Region, cancellationToken));
        _policy = new(ReadPolicyAsync);
    }

    /// <summary>The fleet's roles, as it wants them.</summary>
    public AwsSettings Settings { get; }

    /// <summary>Whether the AWS CLI is on PATH.</summary>
    public bool IsOnPath => _tools.IsOnPath;

    /// <summary>The caller identity in AWS.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public Task<CallerIdentity> CallerAsync() => _caller.Value;

    /// <summary>The clusters that are looked at, by their fleet names.</summary>
    public Task<IReadOnlyDictionary<string, AwsCluster>> ClustersAsync() => _clusters.Value;

    /// <summary>The ARN of a cluster's OIDC provider; null where there is none.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public async Task<string?> ProviderAsync(EksCluster cluster)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        return (await _providers.Value).FirstOrDefault(arn => arn.EndsWith($":oidc-provider/{cluster.Issuer}", StringComparison.Ordinal));
    }

    /// <summary>For whom a provider's tokens may be; null when there is no such provider.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public Task<IReadOnlyList<string>?> ClientIdsAsync(string provider) => _clientIds.GetOrAdd(provider, key => new(() => _tools.Providers.ClientIdsAsync(Settings.Region, key, _cancellation))).Value;

    /// <summary>The buckets' policy and the document in force; null where there is none.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public Task<(IamPolicy? Policy, JsonObject? Document)> PolicyAsync() => _policy.Value;

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
    public Task<IReadOnlyList<string>> AttachedAsync(string name) => _attached.GetOrAdd(name, key => new(() => _tools.Roles.AttachedPoliciesAsync(Settings.Region, key, _cancellation))).Value;

    private async Task<(IamPolicy? Policy, JsonObject? Document)> ReadPolicyAsync()
        => await _tools.Policies.FindAsync(Settings.Region, Settings.PolicyName, _cancellation) is { } policy
            ? (policy, await _tools.Policies.DocumentAsync(Settings.Region, policy, _cancellation))
            : (null, null);

    private async Task<IReadOnlyDictionary<string, AwsCluster>> ReadClustersAsync()
    {
        var found = new ConcurrentDictionary<string, AwsCluster>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            _run.Run.Clusters,
            new ParallelOptions { MaxDegreeOfParallelism = _run.Options.Parallelism, CancellationToken = _cancellation },
            async (cluster, _) => found[cluster.Name] = await ReadClusterAsync(cluster));
        return found;
    }

    private async Task<AwsCluster> ReadClusterAsync(ClusterRun cluster)
    {
        var wanted = cluster switch
        {
            ControlPlaneRun control => control.Spec.Cluster!,
            DataPlaneRun plane => plane.Spec.Cluster!,
            _ => throw new InvalidOperationException($"{cluster.Name} is neither plane."),
        };
        var region = wanted.Region ?? Settings.Region;
        try
        {
            return await _tools.Eks.IssuerAsync(region, wanted.Name, _cancellation) switch
            {
                null when cluster is DataPlaneRun { Spec.Enabled: false } => new AwsCluster(null, Finding.Skipped($"the fleet disables it, and there is no EKS cluster '{wanted.Name}' in {region}")),
                null => new AwsCluster(null, Finding.Failed($"There is no EKS cluster '{wanted.Name}' in {region}.", $"Correct 'cluster' or 'region' in the fleet: 'aws eks list-clusters --region {region}' lists the names.")),
                "" => new AwsCluster(null, Finding.Failed($"EKS cluster '{wanted.Name}' has no OIDC issuer.", "Wait until it is ACTIVE, and run again.")),
                var issuer => new AwsCluster(new EksCluster(cluster.Name, wanted.Name, region, issuer), null),
            };
        }
        catch (AwsException exception)
        {
            return new AwsCluster(null, Finding.Failed($"EKS cluster '{wanted.Name}' cannot be read: {exception.Message}", "It must be readable for this check."));
        }
    }
}
