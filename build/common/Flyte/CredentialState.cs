using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Common.Flyte;

/// <summary>What a run knows of a data plane's credential.</summary>
public sealed class CredentialState
{
    /// <summary>The credential that was collected and proven; null before, and in a plan whose token does not exist yet.</summary>
    public ClusterCredential? Credential { get; set; }

    /// <summary>Whether this run stored it, or would with the gate open.</summary>
    public bool IsNewlyStored { get; set; }
}

/// <summary>A data plane's credential in a run.</summary>
public static class DataPlaneCredential
{
    extension(DataPlaneRun plane)
    {
        /// <inheritdoc cref="CredentialState.Credential"/>
        public ClusterCredential? Credential
        {
            get => plane.State.Of<CredentialState>().Credential;
            set => plane.State.Of<CredentialState>().Credential = value;
        }

        /// <inheritdoc cref="CredentialState.IsNewlyStored"/>
        public bool IsNewlyStored
        {
            get => plane.State.Of<CredentialState>().IsNewlyStored;
            set => plane.State.Of<CredentialState>().IsNewlyStored = value;
        }
    }
}
