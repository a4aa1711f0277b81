using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Flyte;

namespace Flyte.MultiCluster.Tasks.SmokeRuns;

/// <summary>What is to be proven: executions of one launch plan with one label land on that label's clusters, and each of them gets some.</summary>
internal sealed record SmokeJob
{
    /// <summary>The launch plan with its inputs.</summary>
    public required PreparedSmoke Smoke { get; init; }

    /// <summary>The label whose clusters are expected; null for an execution without one.</summary>
    public required string? Label { get; init; }

    /// <summary>The label that the execution is given; null leaves it to FlyteAdmin's rows, which are then proven too.</summary>
    public required string? Given { get; init; }

    /// <summary>Where it may run; weights sum to 1. Never empty.</summary>
    public required IReadOnlyList<WeightedCluster> Clusters { get; init; }

    /// <summary>Whether the fleet names the one cluster where it must run.</summary>
    public bool IsPinned { get; init; }

    /// <summary>
    /// Clusters of the label that failed earlier in this run and that flyteadmin may choose all the same, with the reasons: what lands there proves nothing.
    /// </summary>
    public IReadOnlyDictionary<string, string> Failed { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>How many executions are started.</summary>
    public int Count => IsPinned ? 1 : SmokeOdds.Count(Clusters);

    /// <summary>The names of the clusters where it may run.</summary>
    public IReadOnlyList<string> Allowed => [.. Clusters.Select(cluster => cluster.Id)];

    /// <summary>The job in words: <c>label label1</c>.</summary>
    public override string ToString() => SmokeResult.Format(Label);
}
