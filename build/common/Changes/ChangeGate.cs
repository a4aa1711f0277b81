using Cake.Core.Diagnostics;

namespace Flyte.MultiCluster.Common.Changes;

/// <summary>The gate of a run: open unless <c>--plan</c> closes it.</summary>
public sealed class ChangeGate : IChangeGate
{
    private readonly ICakeLog _log;
    private readonly IReadOnlyList<IChangeGuard> _guards;
    private readonly List<Change> _changes = [];
    private readonly List<Change> _begun = [];

    /// <summary>Makes the gate.</summary>
    /// <param name="log">Where every change is reported before it is made.</param>
    /// <param name="isOpen">False plans only.</param>
    /// <param name="guards">What is asked before each change, one after the other.</param>
    public ChangeGate(ICakeLog log, bool isOpen, params IReadOnlyList<IChangeGuard> guards) => (_log, IsOpen, _guards) = (log, isOpen, guards);

    /// <inheritdoc/>
    public bool IsOpen { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Change> Changes
    {
        get
        {
            lock (_changes)
                return [.. _changes];
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<Change> Begun
    {
        get
        {
            lock (_changes)
                return [.. _begun];
        }
    }

    /// <inheritdoc/>
    public async Task<bool> PassAsync(Change change, Func<ChangePermit, CancellationToken, Task> make, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        ArgumentNullException.ThrowIfNull(make);
        cancellationToken.ThrowIfCancellationRequested();
        var permit = new ChangePermit(change);
        foreach (var guard in IsOpen ? _guards : [])
            await guard.BeforeAsync(change, permit, cancellationToken);
        _log.Information("[{0}] {1}", change.Cluster, Describe(change, IsOpen));
        if (IsOpen)
        {
            lock (_changes)
                _begun.Add(change);
            await make(permit, cancellationToken);
        }

        lock (_changes)
        {
            _begun.Remove(change);
            _changes.Add(change);
        }

        return IsOpen;
    }

    /// <summary>A change in words: <c>create Secret flyte/dataplane-1-token</c>.</summary>
    /// <param name="change">The change.</param>
    /// <param name="made">False says that it would be made.</param>
    public static string Describe(Change change, bool made)
    {
        ArgumentNullException.ThrowIfNull(change);
        var verb = change.Action switch
        {
            ChangeAction.Create => "create",
            ChangeAction.Update => "update",
            ChangeAction.Delete => "delete",
            _ => "restart",
        };
        var name = change.Namespace is null ? change.Name : $"{change.Namespace}/{change.Name}";
        return $"{(made ? string.Empty : "would ")}{verb} {change.Kind} {name}{(change.Detail is null ? string.Empty : $" ({change.Detail})")}";
    }
}
