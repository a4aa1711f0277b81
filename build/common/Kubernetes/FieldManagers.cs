namespace Flyte.MultiCluster.Common.Kubernetes;

/// <summary>The names under which this tool owns fields.</summary>
public static class FieldManagers
{
    /// <summary>For everything but credentials.</summary>
    public const string Tool = "flyte-multicluster";

    /// <summary>One a data plane, for its entries of <c>cluster-credentials</c>: applying one never gives up another's.</summary>
    public static string Of(string dataPlane) => $"{Tool}-{dataPlane}";
}
