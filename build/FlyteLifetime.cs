using Cake.Core;
using Cake.Frosting;

namespace Flyte.MultiCluster.Build;

/// <summary>Prepares a run and cleans up after it.</summary>
public sealed class FlyteLifetime : FrostingLifetime<FlyteContext>
{
    /// <inheritdoc/>
    public override void Setup(FlyteContext context, ISetupContext info)
    {
    }

    /// <inheritdoc/>
    public override void Teardown(FlyteContext context, ITeardownContext info)
    {
    }
}
