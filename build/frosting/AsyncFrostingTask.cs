using Cake.Core;

namespace Cake.Frosting;

/// <summary>A task whose work is asynchronous, with Cake's plain context.</summary>
public abstract class AsyncFrostingTask : AsyncFrostingTask<ICakeContext>;

/// <summary>A task whose work is asynchronous.</summary>
/// <typeparam name="T">The context it works on; the host leaves the task out, with a warning, when the run's context is of another type.</typeparam>
public abstract class AsyncFrostingTask<T> : IFrostingTask
    where T : ICakeContext
{
    /// <summary>Does the task's work; without an override the task only groups its dependencies.</summary>
    /// <param name="context">The run's context.</param>
    public virtual Task RunAsync(T context) => Task.CompletedTask;

    /// <inheritdoc cref="IFrostingTask.ShouldRun"/>
    public virtual bool ShouldRun(T context) => true;

    /// <summary>Handles a failure. Once overridden, returning swallows it: throw it again to fail the run.</summary>
    /// <param name="exception">What the task threw.</param>
    /// <param name="context">The run's context.</param>
    public virtual void OnError(Exception exception, T context) { }

    /// <inheritdoc cref="IFrostingTask.Finally"/>
    public virtual void Finally(T context) { }

    Task IFrostingTask.RunAsync(ICakeContext context) => RunAsync(Cast(context));

    bool IFrostingTask.ShouldRun(ICakeContext context) => ShouldRun(Cast(context));

    void IFrostingTask.OnError(Exception exception, ICakeContext context)
    {
        ArgumentNullException.ThrowIfNull(exception);
        OnError(exception, Cast(context));
    }

    void IFrostingTask.Finally(ICakeContext context) => Finally(Cast(context));

    private static T Cast(ICakeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return (T)context;
    }
}
