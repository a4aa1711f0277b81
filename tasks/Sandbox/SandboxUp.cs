using Cake.Frosting;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Stages;

namespace Flyte.MultiCluster.Sandboxes;

/// <summary>Starts the sandbox, or grows the one that runs, and says how to look around in it.</summary>
[TaskName(nameof(SandboxUp))]
[TaskDescription("Start the embedded sandbox, or grow it: --dataplanes=N, --latency=MS, --sandbox=DIR")]
[Stage("Sandbox", 810)]
public sealed class SandboxUp : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var options = context.Options;
        var sandbox = await SandboxClient.ForOptions(options).EnsureUpAsync(options.SandboxDataPlanes, options.SandboxLatency, context.Cancellation);
        SandboxText.Tell(context.Log, sandbox);
    }
}
