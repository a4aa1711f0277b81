using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Gcloud;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tasks.Prerequisites.GoogleCloud;

/// <summary>
/// Reads what workload identity needs, once a run and all at once, and refuses what cannot work: no login, a cluster or a service account that is not there,
/// a cluster without workload identity, a policy that would be too long. It only reads.
/// </summary>
/// <param name="gcloud">The gcloud commands.</param>
/// <param name="values">Reads YAML as Helm does.</param>
public sealed class GoogleCheck(GcloudTools gcloud, IHelmValues values)
{
    /// <summary>Reads Google Cloud, unless this run has already.</summary>
    /// <exception cref="RefusedException">Something is wrong: all of it.</exception>
    public Task<GoogleSnapshot> EnsureAsync(FlyteContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context
            .Run.State.Of<GoogleReadings>()
            .Snapshot.GetAsync(async () =>
            {
                using var reader = new GoogleReader(context, gcloud, values, cancellationToken);
                return await reader.ReadAsync(cancellationToken);
            });
    }

    /// <summary>Reads the project-domain namespaces once more, now that the control plane is up.</summary>
    /// <exception cref="RefusedException">They cannot be read, or a policy would be too long.</exception>
    public async Task<GoogleSnapshot> AgainAsync(FlyteContext context, GoogleSnapshot snapshot, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(snapshot);
        using var reader = new GoogleReader(context, gcloud, values, cancellationToken);
        var again = await reader.AgainAsync(snapshot, cancellationToken);
        context.Run.State.Of<GoogleReadings>().Snapshot.Set(again);
        return again;
    }

    /// <summary>What to do with a cluster's node pools that do not serve workload identity.</summary>
    internal static string NodePoolsRemedy(string project, GkeCluster cluster) =>
        $"Where Flyte's Pods run there: gcloud container node-pools update {cluster.Described.NodePoolsWithout[0]} --cluster {cluster.Name} "
        + $"--location {cluster.Location} --project {project} --workload-metadata=GKE_METADATA";
}
