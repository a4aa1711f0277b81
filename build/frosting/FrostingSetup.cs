using Cake.Core;

namespace Cake.Frosting;

/// <summary>The setup alone of the run, with Cake's plain context.</summary>
public abstract class FrostingSetup : FrostingSetup<ICakeContext>;

/// <summary>The setup alone of the run.</summary>
/// <typeparam name="TContext">The run's context type.</typeparam>
public abstract class FrostingSetup<TContext> : IFrostingSetup
    where TContext : ICakeContext
{
    /// <inheritdoc cref="IFrostingSetup.Setup"/>
    public abstract void Setup(TContext context, ISetupContext info);

    void IFrostingSetup.Setup(ICakeContext context, ISetupContext info)
    {
        ArgumentNullException.ThrowIfNull(context);
        Setup((TContext)context, info);
    }
}
