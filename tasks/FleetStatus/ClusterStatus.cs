using Flyte.MultiCluster.Common.Tools.Git;

namespace Flyte.MultiCluster.Tasks.FleetStatus;

/// <summary>A cluster as <c>Status</c> shows it. What is null is not known, or does not apply.</summary>
/// <param name="Cluster">Its fleet name, or its name in clusterConfigs where the fleet does not name it.</param>
public sealed record ClusterStatus(string Cluster)
{
    /// <summary>Whether the fleet names it.</summary>
    public bool IsInFleet { get; init; } = true;

    /// <summary>Whether it answers; null where there is no context to ask.</summary>
    public bool? IsReachable { get; init; }

    /// <summary>Why it does not answer, or why something could not be read.</summary>
    public string? Problem { get; init; }

    /// <summary>Its Kubernetes version, <c>v1.36.3</c>.</summary>
    public string? Kubernetes { get; init; }

    /// <summary>The chart of Flyte's Helm release, <c>flyte-core v1.16.8</c>, or <c>kustomize</c>.</summary>
    public string? Chart { get; init; }

    /// <summary>The release's newest revision.</summary>
    public int? Revision { get; init; }

    /// <summary>The status of the newest revision, as Helm calls it.</summary>
    public string? ReleaseStatus { get; init; }

    /// <summary>The Git tree that the revision in force was deployed from; null where it does not say.</summary>
    public SourceTree? Source { get; init; }

    /// <summary>How many Deployments of Flyte's namespace are Available.</summary>
    public int? ReadyDeployments { get; init; }

    /// <summary>How many Deployments Flyte's namespace has.</summary>
    public int? Deployments { get; init; }

    /// <summary>Whether flyteadmin has it enabled; null where it is not in clusterConfigs.</summary>
    public bool? IsEnabled { get; init; }

    /// <summary>Whether it was drained or removed, with the time and the operator; null where it was not.</summary>
    public string? Drained { get; init; }

    /// <summary>The labels that flyteadmin has loaded for it, with the weights.</summary>
    public IReadOnlyDictionary<string, double> Labels { get; init; } = new Dictionary<string, double>(StringComparer.Ordinal);

    /// <summary>How many FlyteWorkflows in it have not ended.</summary>
    public int? RunningWorkflows { get; init; }

    /// <summary>The age of the stored token.</summary>
    public TimeSpan? TokenAge { get; init; }

    /// <summary>When the first of its stored CA certificates expires.</summary>
    public DateTimeOffset? CaExpiry { get; init; }

    /// <summary>How its objects differ from the release; null where that is not known.</summary>
    public IReadOnlyList<string>? Drift { get; init; }
}
