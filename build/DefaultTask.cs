using Cake.Core;
using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools;

namespace Flyte.MultiCluster.Build;

/// <summary>What runs without a target: prints the overview and changes nothing.</summary>
/// <param name="console">Where it is printed.</param>
/// <param name="options">The run's options.</param>
[TaskName(Name)]
[TaskDescription("Show the targets by stage and the fleet in use; changes nothing")]
public sealed class DefaultTask(IConsole console, RunOptions options) : FrostingTask
{
    /// <summary>The target's name.</summary>
    public const string Name = "Default";

    /// <inheritdoc/>
    public override void Run(ICakeContext context) => console.Write("{0}", Overview.For(Targets.All, FleetChoice.For(options, ProjectRoot.Path)));
}
