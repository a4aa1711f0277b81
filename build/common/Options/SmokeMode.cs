namespace Flyte.MultiCluster.Common.Options;

/// <summary>How the smoke run starts its executions.</summary>
public enum SmokeMode
{
    /// <summary>The fleet's <c>smoke</c>: launch plans, through FlyteAdmin's API.</summary>
    LaunchPlans,

    /// <summary>The fleet's <c>pyflyte</c>: the runbook's <c>pyflyte run --remote</c>.</summary>
    Pyflyte,
}
