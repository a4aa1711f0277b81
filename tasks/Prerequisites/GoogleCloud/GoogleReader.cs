using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Gcloud;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tasks.Prerequisites.GoogleCloud;

/// <summary>One reading of Google Cloud: as many calls at a time as the run allows, and all their problems at once.</summary>
internal sealed class GoogleReader : IDisposable
{
    private readonly FlyteContext _context;
    private readonly GcloudTools _gcloud;
    private readonly IHelmValues _values;
    private readonly GcpSettings _gcp;
    private readonly CloudReads<GcloudException> _reads;
    private readonly Lazy<Task<IReadOnlyList<(string Name, string Location)>>> _known;

    /// <summary>Prepares; nothing is read yet.</summary>
    public GoogleReader(FlyteContext context, GcloudTools gcloud, IHelmValues values, CancellationToken cancellationToken)
    {
        (_context, _gcloud, _values, _gcp) = (context, gcloud, values, context.Run.Fleet.Gcp!);
        _reads = new(context.Run.NewProblemList(), context.Options.Parallelism);
        _known = new(() => gcloud.Clusters.ListAsync(_gcp.Project, cancellationToken));
    }

    private ProblemList Problems => _reads.Problems;

    /// <inheritdoc/>
    public void Dispose() => _reads.Dispose();

    /// <summary>Reads everything.</summary>
    /// <exception cref="RefusedException">Something is wrong: all of it.</exception>
    public async Task<GoogleSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        if (!_gcloud.IsOnPath)
            throw new RefusedException([
                new Problem(
                    "gcloud",
                    "It is not on PATH, but the fleet says provider: gcp.",
                    "Install it (https://cloud.google.com/sdk), or write cloud: {provider: none} and bind the service accounts yourself."
                ),
            ]);

        // Alone and first: without a login, or the project, every other call would report the same once more.
        var account = await LoginAsync(cancellationToken);
        var clusters = _context
            .Run.Clusters.Where(cluster => cluster is not DataPlaneRun { LeftOutReason: not null })
            .Select(cluster => ClusterAsync(cluster.Name, cluster.CloudCluster!, cancellationToken))
            .ToArray();
        string[] accounts = [.. new[] { _gcp.ControlPlane, _gcp.DataPlane, _gcp.Workers }.Distinct(StringComparer.Ordinal)];
        var policies = accounts.Select(email => PolicyAsync(email, cancellationToken)).ToArray();
        var namespaces = NamespacesAsync(isUp: false, cancellationToken);
        await Task.WhenAll([namespaces, .. clusters, .. policies]);
        GkeCluster[] found = [.. clusters.Select(cluster => cluster.Result).OfType<GkeCluster>()];
        CheckPools(found);
        Problems.Refuse();

        var pool = found[0].Described.WorkloadPool!;
        var snapshot = new GoogleSnapshot
        {
            Pool = pool,
            Clusters = found,
            Namespaces = namespaces.Result!,
            Required = Required(pool, namespaces.Result!),
            Policies = new(accounts.Zip(policies).Select(policy => KeyValuePair.Create(policy.First, policy.Second.Result!)), StringComparer.Ordinal),
        };
        CheckSizes(snapshot);
        Problems.Refuse();
        _context.Report(GoogleStage.Place, $"project {_gcp.Project} as {account ?? "the login of this shell"}; {found.Length} GKE clusters, pool {pool}");
        return snapshot;
    }

    /// <summary>Reads the project-domain namespaces once more.</summary>
    /// <exception cref="RefusedException">They cannot be read, or a policy would be too long.</exception>
    public async Task<GoogleSnapshot> AgainAsync(GoogleSnapshot snapshot, CancellationToken cancellationToken)
    {
        var namespaces = await NamespacesAsync(isUp: true, cancellationToken);
        Problems.Refuse();
        var again = snapshot with { Namespaces = namespaces!, Required = Required(snapshot.Pool, namespaces!) };
        CheckSizes(again);
        Problems.Refuse();
        return again;
    }

    private async Task<string?> LoginAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (account, state) = (_gcloud.Projects.AccountAsync(cancellationToken), _gcloud.Projects.StateAsync(_gcp.Project, cancellationToken));
            await Task.WhenAll(account, state);
            var problem = await state switch
            {
                null => new Problem(
                    "cloud.project",
                    $"There is no project '{_gcp.Project}', or {await account ?? "this login"} cannot see it.",
                    "Write the project's id, not its name ('gcloud projects list' lists it), or log in as somebody who can see it."
                ),
                "ACTIVE" or "" => null,
                var other => new Problem(
                    "cloud.project",
                    $"Project '{_gcp.Project}' is {other}.",
                    "Name one that is in use, or restore it ('gcloud projects undelete')."
                ),
            };
            return problem is null ? await account : throw new RefusedException([problem]);
        }
        catch (GcloudException exception)
        {
            throw new RefusedException([new Problem("gcloud", exception.Message, $"'gcloud projects describe {_gcp.Project}' must work in this shell.")]);
        }
    }

    private Task<GkeCluster?> ClusterAsync(string plane, CloudCluster cluster, CancellationToken cancellationToken) =>
        _reads.TryAsync<GkeCluster?>(
            plane,
            async () =>
            {
                if (await _gcloud.Clusters.DescribeAsync(_gcp.Project, cluster.Location!, cluster.Name, cancellationToken) is { } described)
                    return new GkeCluster(plane, cluster.Name, cluster.Location!, described);
                Problems.Add(
                    new Problem(
                        plane,
                        $"There is no GKE cluster '{cluster.Name}' in {cluster.Location} of project {_gcp.Project}.",
                        await NearestAsync(cluster)
                    )
                );
                return null;
            },
            cancellationToken
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

    private Task<ServiceAccountPolicy?> PolicyAsync(string email, CancellationToken cancellationToken) =>
        _reads.TryAsync(
            email,
            async () =>
            {
                var project = ServiceAccountRunner.ProjectOf(email, _gcp.Project);
                var policy = await _gcloud.ServiceAccounts.PolicyAsync(project, email, cancellationToken);
                if (policy is null)
                    Problems.Add(
                        new Problem(
                            email,
                            "There is no Google service account of this address.",
                            $"Correct cloud.serviceAccounts, or create it: gcloud iam service-accounts create {email.Split('@')[0]} --project {project}"
                        )
                    );
                return policy;
            },
            cancellationToken
        );

    private IReadOnlyList<RequiredMembers> Required(string pool, WorkloadNamespaces namespaces) =>
        RequiredMembers.Of(_gcp, _context.Run.Namespace, pool, namespaces.Names);

    private async Task<WorkloadNamespaces?> NamespacesAsync(bool isUp, CancellationToken cancellationToken)
    {
        try
        {
            return await WorkloadNamespaces.ReadAsync(_context, _values, isUp, cancellationToken);
        }
        catch (Exception exception) when (exception is FlyteAdminException or FormatException or IOException or UnauthorizedAccessException)
        {
            Problems.Add(new Problem("project-domain namespaces", exception.Message, "Fix this: without them nothing can be bound (see CheckFlyteAdmin)."));
            return null;
        }
    }

    private void CheckPools(GkeCluster[] clusters)
    {
        var pools = clusters
            .Where(cluster => cluster.Described.WorkloadPool is not null)
            .GroupBy(cluster => cluster.Described.WorkloadPool!, StringComparer.Ordinal)
            .ToArray();
        foreach (var cluster in clusters.Where(cluster => cluster.Described.WorkloadPool is null))
        {
            Problems.Add(
                new Problem(
                    cluster.Plane,
                    $"GKE cluster '{cluster.Name}' has workload identity off.",
                    $"Turn it on: gcloud container clusters update {cluster.Name} --location {cluster.Location} --project {_gcp.Project} "
                        + $"--workload-pool={pools.FirstOrDefault()?.Key ?? $"{_gcp.Project}.svc.id.goog"}; then, for each node pool: gcloud "
                        + $"container node-pools update NODEPOOL --cluster {cluster.Name} --location {cluster.Location} --project {_gcp.Project} "
                        + "--workload-metadata=GKE_METADATA"
                )
            );
        }

        if (pools.Length > 1)
            Problems.Add(
                new Problem(
                    "cloud.project",
                    "The clusters have more than one workload identity pool: "
                        + $"{string.Join("; ", pools.Select(pool => $"{pool.Key} ({string.Join(", ", pool.Select(cluster => cluster.Plane))})"))}.",
                    "A fleet's clusters share one pool, that of their project: name clusters of one project only, with one fleet file per project."
                )
            );
    }

    private void CheckSizes(GoogleSnapshot snapshot)
    {
        foreach (var wanted in snapshot.Required)
        {
            var size = snapshot.Policies[wanted.Account].Size + snapshot.Missing(wanted).Count;
            if (size > ServiceAccountPolicy.MostMembers)
            {
                Problems.Add(
                    new Problem(
                        wanted.Account,
                        $"Its policy would have {size} members, and IAM takes {ServiceAccountPolicy.MostMembers}: "
                            + $"{snapshot.Policies[wanted.Account].Size} exist, {snapshot.Missing(wanted).Count} are to be added.",
                        $"Remove members of projects that no longer exist (gcloud iam service-accounts remove-iam-policy-binding {wanted.Account} --role "
                            + $"{RequiredMembers.Role} --member …); or have flyteadmin name namespaces by domain alone (namespace_mapping); or "
                            + "give each domain a Google service account of its own (customData gsa), and bind those yourself."
                    )
                );
            }
        }
    }
}
