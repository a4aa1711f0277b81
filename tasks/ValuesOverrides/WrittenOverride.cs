using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.ValuesOverrides;

/// <summary>The values override that a run has written.</summary>
internal sealed class WrittenOverride
{
    /// <summary>Its file; null before.</summary>
    public string? File { get; set; }

    /// <summary>Its section <c>configmap.clusters</c>, as it was composed last; null before.</summary>
    public JsonObject? Clusters { get; set; }
}

/// <summary>The control plane's values override in a run.</summary>
internal static class ControlPlaneOverride
{
    extension(ControlPlaneRun control)
    {
        /// <inheritdoc cref="WrittenOverride.File"/>
        public string? ValuesOverride
        {
            get => control.State.Of<WrittenOverride>().File;
            set => control.State.Of<WrittenOverride>().File = value;
        }
    }
}
