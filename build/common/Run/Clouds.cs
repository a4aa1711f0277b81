namespace Flyte.MultiCluster.Common.Run;

/// <summary>The clouds that a fleet may be on (<c>cloud.provider</c>).</summary>
public static class Clouds
{
    /// <summary>Amazon Web Services.</summary>
    public const string Aws = "aws";

    /// <summary>Google Cloud.</summary>
    public const string GoogleCloud = "gcp";
}
