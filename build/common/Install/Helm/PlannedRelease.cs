using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Common.Install.Helm;

/// <summary>What a run knows of a cluster's release before it changes it.</summary>
public sealed class PlannedRelease
{
    /// <summary>The release as the preflight found it, null for none, and whether it looked.</summary>
    public (HelmRelease? Release, bool IsKnown) Found { get; set; }

    /// <summary>The objects that it would get, where they were rendered; null otherwise. Only their kinds and names are sure to be right.</summary>
    public IReadOnlyList<JsonObject>? Rendered { get; set; }

    /// <summary>The revision that this run's helm made, whether or not it succeeded; null for none. Known where the run upgrades the chart.</summary>
    public int? Made { get; set; }

    /// <summary>The fields that helm takes over from others when it installs the release, in words.</summary>
    public IReadOnlyList<string> Taken { get; set; } = [];
}

/// <summary>A cluster's release in a run.</summary>
public static class ClusterRelease
{
    extension(ClusterRun cluster)
    {
        /// <summary>What is known of its release before it is changed.</summary>
        public PlannedRelease Planned => cluster.State.Of<PlannedRelease>();
    }
}
