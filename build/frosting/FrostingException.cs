namespace Cake.Frosting;

/// <summary>The host cannot run as it was put together: a dependency that is no task, a tool that cannot be installed.</summary>
public sealed class FrostingException : Exception
{
    /// <summary>Reports what is wrong.</summary>
    /// <param name="message">What is wrong.</param>
    public FrostingException(string message)
        : base(message) { }

    /// <summary>Reports what is wrong and what led to it.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="innerException">What led to it.</param>
    public FrostingException(string message, Exception innerException)
        : base(message, innerException) { }
}
