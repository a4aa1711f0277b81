using System.Collections.Concurrent;
using Flyte.MultiCluster.Common.Tools.Gcloud;

namespace Flyte.MultiCluster.Tasks.Prerequisites.GoogleCloud;

/// <summary>A cluster of the fleet as GKE has it.</summary>
/// <param name="Plane">Its fleet name.</param>
/// <param name="Name">Its GKE name.</param>
/// <param name="Location">Its region or zone.</param>
/// <param name="Described">What GKE says of it.</param>
public sealed record GkeCluster(string Plane, string Name, string Location, GkeDescription Described);

/// <summary>What a run knows of Google Cloud: read once by the check, kept up by the stage.</summary>
public sealed record GoogleSnapshot
{
    /// <summary>The workload identity pool that all clusters of the project share, as GKE reports it.</summary>
    public required string Pool { get; init; }

    /// <summary>The clusters, the control plane's first.</summary>
    public required IReadOnlyList<GkeCluster> Clusters { get; init; }

    /// <summary>Which project-domain namespaces there are, or will be.</summary>
    public required WorkloadNamespaces Namespaces { get; init; }

    /// <summary>Who is to act as which Google service account.</summary>
    public required IReadOnlyList<RequiredMembers> Required { get; init; }

    /// <summary>The policies of the Google service accounts, by e-mail address; those of several accounts are written at once.</summary>
    public required ConcurrentDictionary<string, ServiceAccountPolicy> Policies { get; init; }

    /// <summary>The members that are wanted and not there.</summary>
    public IReadOnlyList<string> Missing(RequiredMembers wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        var live = Policies[wanted.Account].Members(RequiredMembers.Role);
        return [.. wanted.Members.Where(member => !live.Contains(member))];
    }

    /// <summary>The namespaces that say themselves that they act as the workers, are of no project that is known, and are not bound: by data plane.</summary>
    /// <param name="workers">The workers' Google service account.</param>
    public IEnumerable<IGrouping<string, string>> Strangers(string workers)
    {
        var live = Policies[workers].Members(RequiredMembers.Role);
        return Namespaces
            .Strangers.Where(stranger => !live.Contains(RequiredMembers.Member(Pool, stranger.Namespace, "default")))
            .GroupBy(stranger => stranger.Plane, stranger => stranger.Namespace, StringComparer.Ordinal);
    }
}
