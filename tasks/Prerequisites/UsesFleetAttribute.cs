namespace Flyte.MultiCluster.Prerequisites;

/// <summary>Marks a task that works on a fleet: the lifetime loads it, and starts the sandbox where there is none.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class UsesFleetAttribute : Attribute
{
    /// <summary>Whether helm must be there.</summary>
    public bool Helm { get; init; } = true;

    /// <summary>The cloud (<see cref="Clouds"/>) without which it has nothing to do; null for none.</summary>
    public string? Cloud { get; init; }
}
