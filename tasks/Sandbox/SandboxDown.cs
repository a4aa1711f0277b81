using Cake.Core.Diagnostics;
using Cake.Frosting;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Stages;

namespace Flyte.MultiCluster.Sandboxes;

/// <summary>Ends the sandbox; everything in its clusters is gone.</summary>
[TaskName(nameof(SandboxDown))]
[TaskDescription("End the embedded sandbox; everything in its clusters is gone")]
[Stage("Sandbox", 830)]
public sealed class SandboxDown : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var ended = await SandboxClient.ForOptions(context.Options).DownAsync(context.Cancellation);
        context.Log.Information(ended ? "The sandbox in {0} has ended." : "No sandbox runs in {0}.", context.Options.Sandbox);
    }
}
