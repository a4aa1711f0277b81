using Cake.Core;

namespace Cake.Frosting;

/// <summary>Runs before each task.</summary>
public interface IFrostingTaskSetup
{
    /// <summary>Prepares one task. An exception keeps the task from running; its teardown still runs.</summary>
    /// <param name="context">The run's context.</param>
    /// <param name="info">What is about to run.</param>
    void Setup(ICakeContext context, ITaskSetupContext info);
}

/// <summary>Runs after each task.</summary>
public interface IFrostingTaskTeardown
{
    /// <summary>Cleans up after one task, also when it failed or was skipped.</summary>
    /// <param name="context">The run's context.</param>
    /// <param name="info">What has run and how it went.</param>
    void Teardown(ICakeContext context, ITaskTeardownContext info);
}

/// <summary>Runs before and after each task.</summary>
public interface IFrostingTaskLifetime : IFrostingTaskSetup, IFrostingTaskTeardown;
