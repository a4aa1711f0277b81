using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Tools.Gcloud;
using Flyte.MultiCluster.Tasks.Checks;

namespace Flyte.MultiCluster.Tasks.Prerequisites.GoogleCloud;

/// <summary>On Google Cloud: workload identity is on in every cluster, and the Kubernetes service accounts that the fleet needs may act as the Google service
/// accounts.</summary>
internal sealed class WorkloadIdentityCheck()
    : SubjectCheck<CheckContext>(
        "workload-identity",
        "on Google Cloud: workload identity is on in every cluster (a warning for node pools without it), and the Google service accounts' "
            + "policies have the members that the fleet needs",
        CheckTime.Both,
        CheckSeverity.Refuses
    )
{
    private const string Bind = $"Run {nameof(BindWorkloadIdentity)}.";

    /// <inheritdoc/>
    public override IEnumerable<CheckSubject> Of(CheckContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        yield return new CheckSubject(GoogleStage.Place, null, () => FindAsync(context));
    }

    /// <summary>What to do with a cluster's node pools that do not serve workload identity.</summary>
    public static string NodePoolsRemedy(string project, GkeCluster cluster)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        return $"Where Flyte's Pods run there: gcloud container node-pools update {cluster.Described.NodePoolsWithout[0]} --cluster {cluster.Name} "
            + $"--location {cluster.Location} --project {project} --workload-metadata=GKE_METADATA";
    }

    /// <summary>The Google service accounts whose policies would be too long.</summary>
    /// <param name="snapshot">Google Cloud as it is.</param>
    public static IEnumerable<Finding> TooLong(GoogleSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var wanted in snapshot.Required)
        {
            var (there, missing) = (snapshot.Policies[wanted.Account].Size, snapshot.Missing(wanted).Count);
            if (there + missing > ServiceAccountPolicy.MostMembers)
                yield return Finding.Refused(
                    $"Its policy would have {there + missing} members, and IAM takes {ServiceAccountPolicy.MostMembers}: "
                        + $"{there} exist, {missing} are to be added.",
                    $"Remove members of projects that no longer exist (gcloud iam service-accounts remove-iam-policy-binding {wanted.Account} --role "
                        + $"{RequiredMembers.Role} --member …); or have flyteadmin name namespaces by domain alone (namespace_mapping); or "
                        + "give each domain a Google service account of its own (customData gsa), and bind those yourself."
                ) with
                {
                    Place = wanted.Account,
                };
        }
    }

    private static async Task<IReadOnlyList<Finding>> FindAsync(CheckContext context)
    {
        if (context.Run.Run.Fleet.Gcp is not { } gcp)
            return [Finding.Skipped(GoogleStage.NoGoogleCloud)];

        // Alone and first: without a login, or the project, every other call would report the same once more.
        var view = GoogleView.Of(context);
        if ((await view.LoginAsync()).Problem is { } login)
            return [Of(login)];
        var (clusters, policies, namespaces) = (
            Task.WhenAll(view.Clusters.Select(view.ClusterAsync)),
            Task.WhenAll(view.Accounts.Select(view.PolicyAsync)),
            view.NamespacesAsync()
        );
        await Task.WhenAll(clusters, policies, namespaces);
        string[] places = [.. view.Clusters.Select(cluster => cluster.Name)];
        IEnumerable<Finding> found =
        [
            .. (await clusters)
                .Select(cluster => cluster.Problem)
                .Concat((await policies).Select(policy => policy.Problem))
                .Append((await namespaces).Problem)
                .OfType<Problem>()
                .Select(Of),
            .. Pools(gcp, [.. (await clusters).Select(cluster => cluster.Value).OfType<GkeCluster>()]),
        ];
        Finding[] wrong = [.. found.OrderBy(finding => Array.IndexOf(places, finding.Place))];
        if (wrong.Length > 0)
            return wrong;
        var snapshot = (await view.SnapshotAsync())!;
        Finding[] tooLong = [.. TooLong(snapshot)];
        return tooLong.Length > 0 ? tooLong : OfMembers(gcp, snapshot);
    }

    private static Finding Of(Problem problem) => Finding.Of(problem) with { Place = problem.Place };

    private static IEnumerable<Finding> Pools(GcpSettings gcp, GkeCluster[] clusters)
    {
        var pools = clusters
            .Where(cluster => cluster.Described.WorkloadPool is not null)
            .GroupBy(cluster => cluster.Described.WorkloadPool!, StringComparer.Ordinal)
            .ToArray();
        foreach (var cluster in clusters.Where(cluster => cluster.Described.WorkloadPool is null))
        {
            yield return Finding.Refused(
                $"GKE cluster '{cluster.Name}' has workload identity off.",
                $"Turn it on: gcloud container clusters update {cluster.Name} --location {cluster.Location} --project {gcp.Project} "
                    + $"--workload-pool={pools.FirstOrDefault()?.Key ?? $"{gcp.Project}.svc.id.goog"}; then, for each node pool: gcloud "
                    + $"container node-pools update NODEPOOL --cluster {cluster.Name} --location {cluster.Location} --project {gcp.Project} "
                    + "--workload-metadata=GKE_METADATA"
            ) with
            {
                Place = cluster.Plane,
            };
        }

        if (pools.Length > 1)
            yield return Finding.Refused(
                "The clusters have more than one workload identity pool: "
                    + $"{string.Join("; ", pools.Select(pool => $"{pool.Key} ({string.Join(", ", pool.Select(cluster => cluster.Plane))})"))}.",
                "A fleet's clusters share one pool, that of their project: name clusters of one project only, with one fleet file per project."
            ) with
            {
                Place = "cloud.project",
            };
    }

    // What is missing is what a join adds.
    private static Finding[] OfMembers(GcpSettings gcp, GoogleSnapshot snapshot)
    {
        Finding[] wrong =
        [
            .. snapshot
                .Required.Select(wanted => (wanted.Account, Missing: snapshot.Missing(wanted)))
                .Where(one => one.Missing.Count > 0)
                .Select(one => Finding.Failed($"{one.Account} cannot be used by {ShortList.Of(one.Missing, 5)}.", Bind)),
            .. snapshot
                .Clusters.Where(cluster => cluster.Described.NodePoolsWithout.Count > 0)
                .Select(cluster =>
                    Finding.Warning(
                        $"{cluster.Plane} has node pools without workload identity, whose Pods act as the nodes' service account: "
                            + $"{string.Join(", ", cluster.Described.NodePoolsWithout)}.",
                        NodePoolsRemedy(gcp.Project, cluster)
                    )
                ),
        ];
        var unknown = string.Concat(
            snapshot
                .Namespaces.Unknown.Select(one => one.TrimEnd('.'))
                .Concat(snapshot.Strangers(gcp.Workers).Select(one => WorkloadNotes.Strangers(one, gcp.Workers)))
                .Select(one => $"; {one}")
        );
        return wrong.Length > 0
            ? wrong
            :
            [
                Finding.Ok(
                    $"{snapshot.Required.Sum(wanted => wanted.Members.Count)} members of pool {snapshot.Pool} may act as "
                        + $"{string.Join(", ", snapshot.Required.Select(wanted => wanted.Account))}{unknown}"
                ),
            ];
    }
}
