using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;

namespace Flyte.MultiCluster.Common.Cloud.Aws;

/// <summary>What a run has read of AWS.</summary>
internal sealed class AwsReadings
{
    /// <summary>AWS as it is.</summary>
    public Once<AwsSnapshot> Snapshot { get; } = new();

    /// <summary>The roles alone, by name, for a run that works on nothing else there.</summary>
    public Once<IReadOnlyDictionary<string, IamRole>> Roles { get; } = new();
}
