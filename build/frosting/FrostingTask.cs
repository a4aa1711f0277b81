using Cake.Core;

namespace Cake.Frosting;

/// <summary>A task whose work is synchronous, with Cake's plain context.</summary>
public abstract class FrostingTask : FrostingTask<ICakeContext>;

/// <summary>A task whose work is synchronous.</summary>
/// <typeparam name="T">The context it works on; the host leaves the task out, with a warning, when the run's context is of another type.</typeparam>
public abstract class FrostingTask<T> : IFrostingTask
    where T : ICakeContext
{
    /// <summary>Does the task's work; without an override the task only groups its dependencies.</summary>
    /// <param name="context">The run's context.</param>
    public virtual void Run(T context) { }

    /// <inheritdoc cref="IFrostingTask.ShouldRun"/>
    public virtual bool ShouldRun(T context) => true;

    /// <summary>Handles a failure. Once overridden, returning swallows it: throw it again to fail the run.</summary>
    /// <param name="exception">What the task threw.</param>
    /// <param name="context">The run's context.</param>
    public virtual void OnError(Exception exception, T context) { }

    /// <inheritdoc cref="IFrostingTask.Finally"/>
    public virtual void Finally(T context) { }

    Task IFrostingTask.RunAsync(ICakeContext context)
    {
        Run(Cast(context));
        return Task.CompletedTask;
    }

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
