using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Prerequisites.GoogleCloud;

/// <summary>What the summary says of workload identity.</summary>
internal static class WorkloadNotes
{
    /// <summary>Names the node pools that do not serve it.</summary>
    public static void AddNodePools(FlyteContext context, GoogleSnapshot snapshot)
    {
        foreach (var cluster in snapshot.Clusters.Where(cluster => cluster.Described.NodePoolsWithout.Count > 0))
            context.Journal.Add(
                $"{cluster.Plane}: node pools without workload identity, whose Pods act as the nodes' service account: "
                    + $"{string.Join(", ", cluster.Described.NodePoolsWithout)}. "
                    + WorkloadIdentityCheck.NodePoolsRemedy(context.Run.Fleet.Gcp!.Project, cluster)
            );
    }

    /// <summary>Says which namespaces act as the workers, which are not known, and which are left out.</summary>
    public static void AddNamespaces(FlyteContext context, GoogleSnapshot snapshot)
    {
        var workers = context.Run.Fleet.Gcp!.Workers;
        foreach (var unknown in snapshot.Namespaces.Unknown)
            context.Journal.Add(
                $"Workload identity: {unknown} Namespaces that are missing here will be bound by another run of {nameof(BindWorkloadIdentity)}."
            );
        foreach (var strangers in snapshot.Strangers(workers))
            context.Journal.Add(
                $"Workload identity: {Strangers(strangers, workers)}. Anyone who can edit service accounts there can write that, so it is not "
                    + "bound. If it is right, create the project in Flyte and run again, or bind it yourself: gcloud iam service-accounts "
                    + $"add-iam-policy-binding {workers} --role {RequiredMembers.Role} --member "
                    + $"\"{RequiredMembers.Member(snapshot.Pool, strangers.First(), "default")}\""
            );
        context.Journal.Add(
            snapshot.Namespaces.Names.Count == 0
                ? $"Workload identity: no project-domain namespace is known, so none acts as {workers}. Run {nameof(BindWorkloadIdentity)} again "
                    + "once Flyte has a project."
                : $"Workload identity: {snapshot.Namespaces.Names.Count} namespaces act as {workers}. A Flyte project that is created later needs "
                    + $"another run of {nameof(BindWorkloadIdentity)}."
        );
    }

    /// <summary>Names namespaces that are left out, without a full stop.</summary>
    public static string Strangers(IGrouping<string, string> strangers, string workers) =>
        $"{strangers.Key}: 'default' of {string.Join(", ", strangers)} is annotated to act as {workers}, and no project and domain of FlyteAdmin "
        + "or the fleet has that namespace";
}
