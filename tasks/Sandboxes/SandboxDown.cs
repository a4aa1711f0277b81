using Cake.Core.Diagnostics;
using Cake.Frosting;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Sandboxes;

/// <summary>Ends the sandbox; everything in its clusters is gone.</summary>
[TaskName(nameof(SandboxDown))]
[TaskDescription("Stop the embedded sandbox; everything in its clusters is lost")]
public sealed class SandboxDown : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var client = SandboxClient.ForOptions(context.Options);
        if (await client.StatusAsync(context.Cancellation) is null)
            context.Log.Information("No sandbox is running in {0}.", context.Options.Sandbox);
        else if (
            await context.Gate.PassAsync(
                SandboxText.Change(context.Options, ChangeAction.Delete),
                (_, cancellationToken) => client.DownAsync(cancellationToken),
                context.Cancellation
            )
        )
            context.Log.Information("The sandbox in {0} has stopped.", context.Options.Sandbox);
    }
}
