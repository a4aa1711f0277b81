namespace Flyte.MultiCluster.Tasks.FleetTopology;

/// <summary>What Topology drew in a run.</summary>
public sealed class TopologyState
{
    /// <summary>The picture in its format, with a newline at its end; null before.</summary>
    public string? Document { get; set; }
}
