using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Common.Cloud.Aws;

/// <summary>What a run has read of AWS.</summary>
public sealed class AwsReadings
{
    private readonly Lock _lock = new();
    private AwsView? _view;

    /// <summary>AWS as it is.</summary>
    public Once<AwsSnapshot> Snapshot { get; } = new();

    /// <summary>The view that the stages and the checks before the first change share.</summary>
    /// <param name="make">Makes it, once.</param>
    public AwsView View(Func<AwsView> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        lock (_lock)
            return _view ??= make();
    }
}
