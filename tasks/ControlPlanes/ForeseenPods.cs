namespace Flyte.MultiCluster.Tasks.ControlPlanes;

/// <summary>What a plan foresees of the pods of flyteadmin and syncresources.</summary>
/// <param name="Present">The Deployments that there would be; null where that is not known.</param>
/// <param name="New">Those whose pods the upgrade would replace, or make.</param>
internal sealed record ForeseenPods(IReadOnlySet<string>? Present, IReadOnlySet<string> New)
{
    /// <summary>Without an upgrade all stays.</summary>
    public static ForeseenPods Same { get; } = new(null, new HashSet<string>());

    /// <summary>Whether there would be a Deployment.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="isThere">Whether it is there now.</param>
    public bool Exists(string name, bool isThere) => Present?.Contains(name) ?? isThere;

    /// <summary>Whether the upgrade gives a Deployment new pods.</summary>
    public bool AreNew(string name) => New.Contains(name);
}
