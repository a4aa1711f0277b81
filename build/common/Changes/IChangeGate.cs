namespace Flyte.MultiCluster.Common.Changes;

/// <summary>
/// The one gate in front of every change. Open, it makes the change, logs and counts it; closed (<c>--plan</c>), it logs and counts it only.
/// Whatever writes to a cluster, a cloud or FlyteAdmin asks for the <see cref="ChangePermit"/> that only the gate hands out.
/// </summary>
public interface IChangeGate
{
    /// <summary>False under <c>--plan</c>.</summary>
    bool IsOpen { get; }

    /// <summary>All changes made or, with the gate closed, planned, in order.</summary>
    IReadOnlyList<Change> Changes { get; }

    /// <summary>Changes that were begun and not finished: they are being made, failed, or were interrupted.</summary>
    IReadOnlyList<Change> Begun { get; }

    /// <summary>Makes the change if the gate is open. It is counted once it has succeeded; a failed one is not counted.</summary>
    /// <param name="change">What is about to change.</param>
    /// <param name="make">Makes it, with the permit.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>True when it was made; false with the gate closed.</returns>
    Task<bool> PassAsync(Change change, Func<ChangePermit, CancellationToken, Task> make, CancellationToken cancellationToken);
}

/// <summary>Proof that the gate is open; every writing call takes one.</summary>
public sealed class ChangePermit
{
    internal ChangePermit(Change change) => Change = change;

    /// <summary>The change that was let through.</summary>
    public Change Change { get; }
}
