namespace Flyte.MultiCluster.Common.FlyteAdmin;

/// <summary>What a run knows of FlyteAdmin.</summary>
public sealed class AdminChecked
{
    /// <summary>Whether the fleet's execution labels and smoke runs were held against it, and passed.</summary>
    public bool IsChecked { get; set; }

    /// <summary>Whether this run gave flyteadmin new pods since it was last asked: they may want another login.</summary>
    public bool IsRestarted { get; set; }
}
