using System.Collections.Concurrent;
using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Gcloud;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.Checks;

namespace Flyte.MultiCluster.Tasks.Prerequisites.GoogleCloud;

/// <summary>Something of Google Cloud, as it is.</summary>
/// <typeparam name="T">What it is.</typeparam>
/// <param name="Value">The thing; null where Google Cloud does not say, and where there is none.</param>
/// <param name="Problem">What is wrong; null for nothing.</param>
internal sealed record GoogleRead<T>(T? Value, Problem? Problem = null)
    where T : class;

/// <summary>Google Cloud as the check sees it: each thing is read when it is first asked for, and once, as many at a time as the run allows.</summary>
internal sealed class GoogleView
{
    private readonly FlyteContext _context;
    private readonly GcloudTools _gcloud;
    private readonly IHelmValues _values;
    private readonly GcpSettings _gcp;
    private readonly CancellationToken _cancellation;
    private readonly CloudTurns _turns;
    private readonly Lazy<Task<GoogleRead<string>>> _login;
    private readonly Lazy<Task<GoogleRead<WorkloadNamespaces>>> _namespaces;
    private readonly Lazy<Task<IReadOnlyList<(string Name, string Location)>>> _known;
    private readonly ConcurrentDictionary<string, Lazy<Task<GoogleRead<GkeCluster>>>> _clusters = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<GoogleRead<ServiceAccountPolicy>>>> _policies = new(StringComparer.Ordinal);

    /// <summary>Prepares; nothing is read yet.</summary>
    /// <param name="context">The run, whose fleet is on Google Cloud.</param>
    /// <param name="services">What the checks look with.</param>
    /// <param name="cancellationToken">Ends all reads.</param>
    public GoogleView(FlyteContext context, CheckServices services, CancellationToken cancellationToken)
    {
        (_context, _gcloud, _values, _gcp, _cancellation) = (context, services.Gcloud, services.Values, context.Run.Fleet.Gcp!, cancellationToken);
        _turns = new CloudTurns(context.Options.Parallelism);
        _login = new(ReadLoginAsync);
        _namespaces = new(() => ReadNamespacesAsync(isUp: false));
        _known = new(() => _gcloud.Clusters.ListAsync(_gcp.Project, _cancellation));
    }

    /// <summary>The view of a context; its fleet is on Google Cloud.</summary>
    public static GoogleView Of(CheckContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Shared(() => new GoogleView(context.Run, context.Services, context.Cancellation));
    }

    /// <summary>The fleet's clusters that this run works on.</summary>
    public IEnumerable<ClusterRun> Clusters => _context.Run.Clusters.Where(cluster => cluster is not DataPlaneRun { LeftOutReason: not null });

    /// <summary>The fleet's Google service accounts, each once.</summary>
    public IEnumerable<string> Accounts => new[] { _gcp.ControlPlane, _gcp.DataPlane, _gcp.Workers }.Distinct(StringComparer.Ordinal);

    /// <summary>The account of the login, where gcloud says it; a problem where gcloud, the login or the project is missing.</summary>
    public Task<GoogleRead<string>> LoginAsync() => _login.Value;

    /// <summary>A cluster as GKE has it; a problem where it is not there, or cannot be read.</summary>
    public Task<GoogleRead<GkeCluster>> ClusterAsync(ClusterRun cluster)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        return _clusters.GetOrAdd(cluster.Name, name => new(() => TryAsync(name, () => ReadClusterAsync(name, cluster.CloudCluster!)))).Value;
    }

    /// <summary>The policy of a Google service account; a problem where there is no such account, or it cannot be read.</summary>
    /// <param name="email">Its address.</param>
    public Task<GoogleRead<ServiceAccountPolicy>> PolicyAsync(string email) =>
        _policies.GetOrAdd(email, address => new(() => TryAsync(address, () => ReadPolicyAsync(address)))).Value;

    /// <summary>The project-domain namespaces; a problem where they cannot be known.</summary>
    public Task<GoogleRead<WorkloadNamespaces>> NamespacesAsync() => _namespaces.Value;

    /// <summary>What the stages work with; null where something of it has a problem.</summary>
    public async Task<GoogleSnapshot?> SnapshotAsync()
    {
        var clusters = await Task.WhenAll(Clusters.Select(ClusterAsync));
        string[] accounts = [.. Accounts];
        var policies = await Task.WhenAll(accounts.Select(PolicyAsync));
        GkeCluster[] found = [.. clusters.Select(cluster => cluster.Value).OfType<GkeCluster>()];
        if (
            (await NamespacesAsync()).Value is not { } namespaces
            || found.Length < clusters.Length
            || found.FirstOrDefault()?.Described.WorkloadPool is not { } pool
            || policies.Any(policy => policy.Value is null)
        )
            return null;
        return new GoogleSnapshot
        {
            Pool = pool,
            Clusters = found,
            Namespaces = namespaces,
            Required = Required(pool, namespaces),
            Policies = new(accounts.Zip(policies).Select(policy => KeyValuePair.Create(policy.First, policy.Second.Value!)), StringComparer.Ordinal),
        };
    }

    /// <summary>Reads the project-domain namespaces once more, now that the control plane is up.</summary>
    /// <param name="snapshot">What was read before.</param>
    /// <returns>What is known now; a problem where the namespaces cannot be known.</returns>
    public async Task<GoogleRead<GoogleSnapshot>> AgainAsync(GoogleSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var (namespaces, problem) = await ReadNamespacesAsync(isUp: true);
        return namespaces is null
            ? new GoogleRead<GoogleSnapshot>(null, problem)
            : new GoogleRead<GoogleSnapshot>(snapshot with { Namespaces = namespaces, Required = Required(snapshot.Pool, namespaces) });
    }

    private IReadOnlyList<RequiredMembers> Required(string pool, WorkloadNamespaces namespaces) =>
        RequiredMembers.Of(_gcp, _context.Run.Namespace, pool, namespaces.Names);

    private async Task<GoogleRead<string>> ReadLoginAsync()
    {
        if (!_gcloud.IsOnPath)
            return Wrong(
                "gcloud",
                "It is not on PATH, but the fleet says provider: gcp.",
                "Install it (https://cloud.google.com/sdk), or write cloud: {provider: none} and bind the service accounts yourself."
            );
        try
        {
            var (account, state) = (_gcloud.Projects.AccountAsync(_cancellation), _gcloud.Projects.StateAsync(_gcp.Project, _cancellation));
            await Task.WhenAll(account, state);
            return await state switch
            {
                null => Wrong(
                    "cloud.project",
                    $"There is no project '{_gcp.Project}', or {await account ?? "this login"} cannot see it.",
                    "Write the project's id, not its name ('gcloud projects list' lists it), or log in as somebody who can see it."
                ),
                "ACTIVE" or "" => new GoogleRead<string>(await account),
                var other => Wrong(
                    "cloud.project",
                    $"Project '{_gcp.Project}' is {other}.",
                    "Name one that is in use, or restore it ('gcloud projects undelete')."
                ),
            };
        }
        catch (GcloudException exception)
        {
            return Wrong("gcloud", exception.Message, $"'gcloud projects describe {_gcp.Project}' must work in this shell.");
        }

        static GoogleRead<string> Wrong(string place, string what, string remedy) => new(null, new Problem(place, what, remedy));
    }

    private async Task<GoogleRead<GkeCluster>> ReadClusterAsync(string plane, CloudCluster cluster) =>
        await _gcloud.Clusters.DescribeAsync(_gcp.Project, cluster.Location!, cluster.Name, _cancellation) is { } described
            ? new GoogleRead<GkeCluster>(new GkeCluster(plane, cluster.Name, cluster.Location!, described))
            : new GoogleRead<GkeCluster>(
                null,
                new Problem(plane, $"There is no GKE cluster '{cluster.Name}' in {cluster.Location} of project {_gcp.Project}.", await NearestAsync(cluster))
            );

    private async Task<string> NearestAsync(CloudCluster cluster)
    {
        try
        {
            var known = await _known.Value;
            return known.Where(one => one.Name == cluster.Name).Select(one => one.Location).ToArray() is { Length: > 0 } elsewhere
                ? $"It is in {string.Join(", ", elsewhere)}: correct 'location'."
                : Nearest.Remedy(cluster.Name, [.. known.Select(one => one.Name)]);
        }
        catch (GcloudException)
        {
            return $"Correct 'cluster' or 'location' in the fleet: 'gcloud container clusters list --project {_gcp.Project}' lists them.";
        }
    }

    private async Task<GoogleRead<ServiceAccountPolicy>> ReadPolicyAsync(string email)
    {
        var project = ServiceAccountRunner.ProjectOf(email, _gcp.Project);
        return await _gcloud.ServiceAccounts.PolicyAsync(project, email, _cancellation) is { } policy
            ? new GoogleRead<ServiceAccountPolicy>(policy)
            : new GoogleRead<ServiceAccountPolicy>(
                null,
                new Problem(
                    email,
                    "There is no Google service account of this address.",
                    $"Correct cloud.serviceAccounts, or create it: gcloud iam service-accounts create {email.Split('@')[0]} --project {project}"
                )
            );
    }

    private async Task<GoogleRead<WorkloadNamespaces>> ReadNamespacesAsync(bool isUp)
    {
        try
        {
            return new GoogleRead<WorkloadNamespaces>(await WorkloadNamespaces.ReadAsync(_context, _values, isUp, _cancellation));
        }
        catch (Exception exception) when (exception is FlyteAdminException or FormatException or IOException or UnauthorizedAccessException)
        {
            return new GoogleRead<WorkloadNamespaces>(
                null,
                new Problem("project-domain namespaces", exception.Message, "Fix this: without them nothing can be bound (see CheckFlyteAdmin).")
            );
        }
    }

    private async Task<GoogleRead<T>> TryAsync<T>(string place, Func<Task<GoogleRead<T>>> read)
        where T : class
    {
        try
        {
            return await _turns.RunAsync(read, _cancellation);
        }
        catch (GcloudException exception)
        {
            return new GoogleRead<T>(null, new Problem(place, exception.Message, "It must be readable, even for a plan."));
        }
    }
}
