using Flyte.MultiCluster.Aws;
using Flyte.MultiCluster.Runs;

namespace Flyte.MultiCluster.Iam;

/// <summary>What a run has read of AWS.</summary>
public sealed class AwsReadings
{
    /// <summary>AWS as it is.</summary>
    public Once<AwsSnapshot> Snapshot { get; } = new();

    /// <summary>The roles alone, by name, for a run that works on nothing else there.</summary>
    public Once<IReadOnlyDictionary<string, IamRole>> Roles { get; } = new();
}
