using Cake.Core;
using Cake.Frosting;

namespace Flyte.MultiCluster.Build;

/// <summary>Prepares a run and cleans up after it.</summary>
/// <param name="outcome">Where the run's end is noted.</param>
public sealed class FlyteLifetime(RunOutcome outcome) : FrostingLifetime<FlyteContext>
{
    /// <inheritdoc/>
    public override void Setup(FlyteContext context, ISetupContext info)
    {
    }

    /// <inheritdoc/>
    public override void Teardown(FlyteContext context, ITeardownContext info)
    {
        ArgumentNullException.ThrowIfNull(info);
        if (info.ThrownException is { } exception)
            outcome.Note(exception);
    }
}
