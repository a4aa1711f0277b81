namespace Flyte.MultiCluster.Tasks.Checks.Shared;

/// <summary>Why checks of a cloud are skipped.</summary>
internal static class CloudReasons
{
    /// <summary>The fleet has none.</summary>
    public const string NoCloud = "the fleet has no cloud (cloud: {provider: none})";

    /// <summary>It is another one.</summary>
    public const string OnGoogle = "the fleet is on Google Cloud";
}
