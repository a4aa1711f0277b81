namespace Flyte.MultiCluster.Sandbox.Store;

/// <summary>How a write is done.</summary>
/// <param name="FieldManager">The writer.</param>
internal sealed record WriteOptions(string FieldManager)
{
    /// <summary>Everything but the storing.</summary>
    public bool DryRun { get; init; }

    /// <summary>Null, <c>status</c> or <c>finalize</c>.</summary>
    public string? Subresource { get; init; }

    /// <summary>The managedFields are those of the object: server-side apply has worked them out.</summary>
    public bool Applied { get; init; }

    /// <summary>The version whose defaults and validation hold; null: as stored.</summary>
    public ResourceInfo? As { get; init; }
}

/// <summary>metav1.DeleteOptions.</summary>
internal sealed record DeletionOptions
{
    /// <summary>Only if the object still has this uid.</summary>
    public string? Uid { get; init; }

    /// <summary>Only if the object still has this resourceVersion.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Background, Foreground or Orphan; null: the resource's own.</summary>
    public string? PropagationPolicy { get; init; }

    /// <summary>How many seconds a pod that runs gets to end; null: its own terminationGracePeriodSeconds. Other kinds are not concerned.</summary>
    public long? GracePeriodSeconds { get; init; }

    /// <summary>Everything but the deleting.</summary>
    public bool DryRun { get; init; }
}

/// <summary>What a deletion did.</summary>
/// <param name="Object">The object's last state.</param>
/// <param name="Removed">False when finalizers hold it, or a pod gets the time to end.</param>
internal sealed record Deletion(StoredObject Object, bool Removed);
