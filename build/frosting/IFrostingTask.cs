using Cake.Core;

namespace Cake.Frosting;

/// <summary>A task as the host sees it. Projects derive from <see cref="FrostingTask{T}"/> or <see cref="AsyncFrostingTask{T}"/>.</summary>
public interface IFrostingTask
{
    /// <summary>What the log says when <see cref="ShouldRun"/> answers false.</summary>
    string SkippedMessage => string.Empty;

    /// <summary>Does the task's work.</summary>
    /// <param name="context">The run's context.</param>
    Task RunAsync(ICakeContext context);

    /// <summary>Whether the task runs. Skipping a dependency stops nothing; skipping the target itself is an error.</summary>
    /// <param name="context">The run's context.</param>
    bool ShouldRun(ICakeContext context);

    /// <summary>Handles a failure. Returning swallows it; throw it again to fail the run.</summary>
    /// <param name="exception">What <see cref="RunAsync"/> threw.</param>
    /// <param name="context">The run's context.</param>
    void OnError(Exception exception, ICakeContext context);

    /// <summary>Runs last, after success and failure alike. An exception from here hides the task's own.</summary>
    /// <param name="context">The run's context.</param>
    void Finally(ICakeContext context);
}
