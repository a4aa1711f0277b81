namespace Flyte.MultiCluster.Common.Changes;

/// <summary>What a change does to its object.</summary>
public enum ChangeAction
{
    /// <summary>The object does not exist yet.</summary>
    Create,

    /// <summary>The object exists and differs.</summary>
    Update,

    /// <summary>The object goes.</summary>
    Delete,

    /// <summary>Pods are replaced, nothing else (<c>kubectl rollout restart</c>).</summary>
    Restart,
}

/// <summary>One change of a cluster, a cloud or FlyteAdmin, planned or made.</summary>
/// <param name="Cluster">The cluster's fleet name.</param>
/// <param name="Kind">The object's kind: <c>Namespace</c>, <c>Secret</c>, <c>HelmRelease</c>, <c>Deployment</c>.</param>
/// <param name="Namespace">Its namespace; null where it has none.</param>
/// <param name="Name">Its name.</param>
/// <param name="Action">What happens to it.</param>
/// <param name="Detail">What differs, in words without secrets; null when the rest says it all.</param>
public sealed record Change(string Cluster, string Kind, string? Namespace, string Name, ChangeAction Action, string? Detail = null)
{
    /// <summary>Whether it takes back what this run has changed before: no plan has it.</summary>
    public bool TakesBack { get; init; }

    /// <summary>Looks at what would differ. Only a plan calls it, at its end; null where the change itself says it all.</summary>
    public Func<CancellationToken, Task<IReadOnlyList<ObjectDifference>>>? Difference { get; init; }
}
