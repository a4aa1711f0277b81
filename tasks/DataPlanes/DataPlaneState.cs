using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.DataPlanes;

/// <summary>What a run has written and chosen for a data plane's release.</summary>
internal sealed class DataPlaneState
{
    /// <summary>Its own values file, once written.</summary>
    public string? ValuesFile { get; set; }

    /// <summary>The name that flytepropeller gets; null before it was chosen.</summary>
    public PropellerChoice? Propeller { get; set; }
}

/// <summary>The name that a data plane's flytepropeller gets.</summary>
/// <param name="Name">The name; null to leave it to the user's files.</param>
internal sealed record PropellerChoice(string? Name);

/// <summary>A data plane's values in a run.</summary>
internal static class DataPlaneRelease
{
    extension(DataPlaneRun plane)
    {
        /// <inheritdoc cref="DataPlaneState.ValuesFile"/>
        public string? ValuesFile
        {
            get => plane.State.Of<DataPlaneState>().ValuesFile;
            set => plane.State.Of<DataPlaneState>().ValuesFile = value;
        }

        /// <inheritdoc cref="DataPlaneState.Propeller"/>
        public PropellerChoice? Propeller
        {
            get => plane.State.Of<DataPlaneState>().Propeller;
            set => plane.State.Of<DataPlaneState>().Propeller = value;
        }
    }
}
