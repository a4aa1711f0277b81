namespace Flyte.MultiCluster.Tasks.Verification;

/// <summary>What Verify found in a run.</summary>
public sealed class VerifyState
{
    /// <summary>The results; null before.</summary>
    public VerifyResults? Results { get; set; }
}
