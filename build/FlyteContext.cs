using Cake.Core;
using Cake.Frosting;

namespace Flyte.MultiCluster.Build;

/// <summary>The context of a run.</summary>
/// <param name="context">Cake's own context.</param>
public sealed class FlyteContext(ICakeContext context) : FrostingContext(context);
