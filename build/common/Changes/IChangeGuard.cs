namespace Flyte.MultiCluster.Common.Changes;

/// <summary>What must be so before a change is made: that no other run changes the same control plane, that the change was planned.</summary>
public interface IChangeGuard
{
    /// <summary>Returns once the change may be made.</summary>
    /// <param name="change">What is about to change.</param>
    /// <param name="permit">The gate's permit for it, with which the guard may write what it needs to hold.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="StaleReadException">Another run has changed things since this one read them: read again, then ask again.</exception>
    Task BeforeAsync(Change change, ChangePermit permit, CancellationToken cancellationToken);
}

/// <summary>Another run may have changed what a stage has read: the stage begins again.</summary>
public sealed class StaleReadException : Exception
{
    /// <summary>Without a message.</summary>
    public StaleReadException()
        : base("Another run has made changes since this one read the live state.") { }

    /// <summary>With a message.</summary>
    public StaleReadException(string message)
        : base(message) { }

    /// <summary>With a message and a cause.</summary>
    public StaleReadException(string message, Exception innerException)
        : base(message, innerException) { }
}
