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
/// AWS as the stages and the checks see it: each thing is read when it is first asked for, and once for all who ask, as many at a time as the run
/// allows. What is wrong with the login and the clusters is said here, for the preflight and Verify alike.
/// </summary>
public sealed class AwsView
{
    private readonly FleetRun _run;
    private readonly RunOptions _options;
    private readonly AwsTools _tools;
    private readonly CancellationToken _cancellation;
    private readonly Lazy<Task<AwsLogin>> _login;
    private readonly CloudTurns _turns;
    private readonly ConcurrentQueue<Problem> _unreadable = new();
    private readonly Lazy<Task<AwsSnapshot?>> _snapshot;
    private readonly Lazy<Task<int>> _trustLimit;
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
        _turns = new CloudTurns(options.Parallelism);
        _login = new(() => AwsLogin.TryAsync(tools, Settings, cancellationToken));
        _providers = new(() => ReadAsync(Providers, () => tools.Providers.ListAsync(Settings.Region, cancellationToken)));
        _policy = new(() => ReadAsync(Settings.PolicyName, () => tools.Policies.FindAsync(Settings.Region, Settings.PolicyName, cancellationToken)));
        _document = new(ReadDocumentAsync);
        _snapshot = new(ReadSnapshotAsync);
        _trustLimit = new(() => ReadAsync("aws", () => tools.Roles.TrustLimitAsync(Settings.Region, cancellationToken)));
    }

    /// <summary>The run's view, which its stages and the checks before its first change share.</summary>
    /// <param name="run">The run, whose fleet is on AWS.</param>
    /// <param name="options">The options.</param>
    /// <param name="tools">The aws commands.</param>
    /// <param name="cancellationToken">Ends all reads, of whoever asks first.</param>
    public static AwsView OfRun(FleetRun run, RunOptions options, AwsTools tools, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.State.Of<AwsReadings>().View(() => new AwsView(run, options, tools, cancellationToken));
    }

    private const string Providers = "OIDC providers";

    /// <summary>What could not be read so far. A run that is about to change something is refused for it.</summary>
    public IReadOnlyCollection<Problem> Unreadable => _unreadable;

    /// <summary>What problems are about, in the order in which they are reported: the clusters, the providers, the policy, the roles.</summary>
    public IEnumerable<string> Places => [.. _run.Clusters.Select(cluster => cluster.Name), Providers, Settings.PolicyName, .. Roles.Select(role => role.Name)];

    /// <summary>The fleet's roles.</summary>
    public IReadOnlyList<FlyteRole> Roles => FlyteRole.All(Settings, _run.Namespace);

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

    /// <summary>All clusters, by their fleet names.</summary>
    public async Task<IReadOnlyDictionary<string, AwsCluster>> ClustersAsync()
    {
        var clusters = _run.Clusters.ToArray();
        var found = await Task.WhenAll(clusters.Select(ClusterAsync));
        return clusters.Zip(found).ToDictionary(one => one.First.Name, one => one.Second, StringComparer.Ordinal);
    }

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
        _clientIds.GetOrAdd(provider, key => new(() => ReadAsync(key, () => _tools.Providers.ClientIdsAsync(Settings.Region, key, _cancellation)))).Value;

    /// <summary>The buckets' policy; null where there is none.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public Task<IamPolicy?> PolicyAsync() => _policy.Value;

    /// <summary>The buckets' policy and the document in force; null where there is none.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public Task<(IamPolicy? Policy, JsonObject? Document)> PolicyDocumentAsync() => _document.Value;

    /// <summary>A role; null where there is none.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public Task<IamRole?> RoleAsync(string name) =>
        _roles.GetOrAdd(name, key => new(() => ReadAsync(key, () => _tools.Roles.GetAsync(Settings.Region, key, _cancellation)))).Value;

    /// <summary>The fleet's roles that are there, by name.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public async Task<Dictionary<string, IamRole>> RolesAsync()
    {
        var names = Roles.Select(role => role.Name).ToArray();
        var found = await Task.WhenAll(names.Select(RoleAsync));
        return names.Zip(found).Where(role => role.Second is not null).ToDictionary(role => role.First, role => role.Second!, StringComparer.Ordinal);
    }

    /// <summary>How many characters a trust policy may have in this account, white space not counted.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public Task<int> TrustLimitAsync() => _trustLimit.Value;

    /// <summary>What the stages work with, but for the audiences of the providers; null where a cluster is not there, which is a check's.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    /// <exception cref="InvalidOperationException">The login does not work.</exception>
    public Task<AwsSnapshot?> SnapshotAsync() => _snapshot.Value;

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
        _attached.GetOrAdd(name, key => new(() => ReadAsync(key, () => _tools.Roles.AttachedPoliciesAsync(Settings.Region, key, _cancellation)))).Value;

    private async Task<(IamPolicy? Policy, JsonObject? Document)> ReadDocumentAsync() =>
        await PolicyAsync() is { } policy
            ? (policy, await ReadAsync(Settings.PolicyName, () => _tools.Policies.DocumentAsync(Settings.Region, policy, _cancellation)))
            : (null, null);

    private async Task<AwsSnapshot?> ReadSnapshotAsync()
    {
        var caller = await CallerAsync();
        var control = ClusterAsync(_run.ControlPlane);
        var planes = _run.DataPlanes.Where(plane => plane.LeftOutReason is null && plane.CloudCluster is not null).Select(ClusterAsync).ToArray();
        var (providers, policy, roles) = (ProvidersAsync(), PolicyAsync(), RolesAsync());
        await Task.WhenAll([control, providers, policy, roles, .. planes]);
        if (planes.Prepend(control).Any(cluster => cluster.Result.Cluster is null))
            return null;
        var workers = planes.Select(plane => plane.Result.Cluster!);
        return new AwsSnapshot
        {
            Caller = caller,
            ControlPlane = control.Result.Cluster!,
            Workers =
            [
                .. (_run.ControlPlane.Spec.RunsWorkflows ? workers.Prepend(control.Result.Cluster!) : workers).DistinctBy(
                    cluster => cluster.Issuer,
                    StringComparer.Ordinal
                ),
            ],
            Providers = await providers,
            Policy = await policy,
            Roles = await roles,
        };
    }

    // What cannot be read is kept for the run that is refused for it; whoever asks gets the exception.
    private async Task<T> ReadAsync<T>(string place, Func<Task<T>> read)
    {
        try
        {
            return await _turns.RunAsync(read, _cancellation);
        }
        catch (AwsException exception)
        {
            _unreadable.Enqueue(new Problem(place, exception.Message, "It must be readable, even for a plan."));
            throw;
        }
    }

    private async Task<AwsCluster> ReadClusterAsync(ClusterRun cluster)
    {
        var wanted = cluster.CloudCluster!;
        var region = wanted.Region ?? Settings.Region;
        try
        {
            return await _turns.RunAsync(() => _tools.Eks.IssuerAsync(region, wanted.Name, _cancellation), _cancellation) switch
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
                    : $"The fleet describes how to create it: run {SuggestedCommand.Target(TargetNames.CreateNodeGroup, _options)}, which also "
                        + "creates its nodes and context."
            );

        Problem Wrong(string what, string remedy) => new(cluster.Name, what, remedy);
    }
}
