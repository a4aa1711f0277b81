using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.Prerequisites.GoogleCloud;

namespace Flyte.MultiCluster.Tasks.Verification.Checks;

/// <summary>On Google Cloud: workload identity is on in every cluster, and the Kubernetes service accounts that the fleet needs may act as the Google service
/// accounts.</summary>
internal sealed class WorkloadIdentityCheck() : VerifyCheck("workload-identity")
{
    private const string Bind = $"Run {nameof(BindWorkloadIdentity)}.";

    /// <inheritdoc/>
    public override Task<IReadOnlyList<CheckResult>> RunAsync(VerifyContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return LookAsync(
            null,
            async () =>
            {
                var gcp = context.Run.Run.Fleet.Gcp;
                if (gcp is null)
                    return [Finding.Skipped(GoogleStage.NoGoogleCloud)];
                try
                {
                    return Look(gcp, await context.Tools.Google.EnsureAsync(context.Run, cancellationToken));
                }
                catch (RefusedException refused)
                {
                    return [.. refused.Problems.Select(problem => Finding.Failed($"{problem.Place}: {problem.What}", problem.Remedy))];
                }
            }
        );
    }

    private static Finding[] Look(GcpSettings gcp, GoogleSnapshot snapshot)
    {
        Finding[] wrong =
        [
            .. snapshot
                .Required.Select(wanted => (wanted.Account, Missing: snapshot.Missing(wanted)))
                .Where(one => one.Missing.Count > 0)
                .Select(one =>
                    Finding.Failed(
                        $"{one.Account} cannot be used by "
                            + $"{string.Join(", ", one.Missing.Take(5))}{(one.Missing.Count > 5 ? $" and {one.Missing.Count - 5} more" : string.Empty)}.",
                        Bind
                    )
                ),
            .. snapshot
                .Clusters.Where(cluster => cluster.Described.NodePoolsWithout.Count > 0)
                .Select(cluster =>
                    Finding.Warning(
                        $"{cluster.Plane} has node pools without workload identity, whose Pods act as the nodes' service account: "
                            + $"{string.Join(", ", cluster.Described.NodePoolsWithout)}.",
                        GoogleCheck.NodePoolsRemedy(gcp.Project, cluster)
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
