namespace Flyte.MultiCluster.Common.Run;

/// <summary>Marks a task that works on a fleet: the lifetime loads it, and starts the sandbox where there is none.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class UsesFleetAttribute : Attribute
{
    /// <summary>Whether helm must be there.</summary>
    public bool Helm { get; init; } = true;

    /// <summary>What has to be checked first where the task runs without the ones before it (<c>--exclusive</c>).</summary>
    public AloneChecks Alone { get; init; }

    /// <summary>
    /// Whether it takes the data planes that <c>--cluster</c> names out of service: there has to be one, and the fleet need not name it.
    /// </summary>
    public bool Drains { get; init; }

    /// <summary>Whether it removes these data planes, which takes them out of <c>clusterConfigs</c>.</summary>
    public bool Removes { get; init; }

    /// <summary>Whether it brings a fleet at work to another version of the chart, which no other target does.</summary>
    public bool Upgrades { get; init; }

    /// <summary>Whether it rolls the releases of <c>--cluster</c> back: the control plane's may be one of them.</summary>
    public bool RollsBack { get; init; }

    /// <summary>The cloud (<see cref="Clouds"/>) without which it has nothing to do; null for none.</summary>
    public string? Cloud { get; init; }
}

/// <summary>Checks of earlier stages that a stage cannot do without.</summary>
[Flags]
public enum AloneChecks
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>helm and kubectl are there and new enough.</summary>
    Tools = 1,

    /// <summary>Every context is in the kubeconfig, which gives the endpoints that the fleet leaves to it.</summary>
    Contexts = 2,
}
