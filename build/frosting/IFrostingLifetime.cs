using Cake.Core;

namespace Cake.Frosting;

/// <summary>Runs before the run.</summary>
public interface IFrostingSetup
{
    /// <summary>Prepares the run, once. An exception ends it before the first task; the teardown still runs.</summary>
    /// <param name="context">The run's context.</param>
    /// <param name="info">What is about to run.</param>
    void Setup(ICakeContext context, ISetupContext info);
}

/// <summary>Runs after the run.</summary>
public interface IFrostingTeardown
{
    /// <summary>Cleans up after the run, once, also when it failed or its setup did.</summary>
    /// <param name="context">The run's context.</param>
    /// <param name="info">What has run and how it went.</param>
    void Teardown(ICakeContext context, ITeardownContext info);
}

/// <summary>Runs before and after the run.</summary>
public interface IFrostingLifetime : IFrostingSetup, IFrostingTeardown;
