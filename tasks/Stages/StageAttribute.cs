namespace Flyte.MultiCluster.Stages;

/// <summary>The stage that a target belongs to: the overview groups targets by it.</summary>
/// <param name="name">The stage's name, as printed; targets with the same name form one group.</param>
/// <param name="order">The target's place: groups and the targets in them are listed by ascending order.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class StageAttribute(string name, int order) : Attribute
{
    /// <summary>The stage's name.</summary>
    public string Name { get; } = name;

    /// <summary>The target's place among all targets.</summary>
    public int Order { get; } = order;
}
