using Cake.Core.Diagnostics;
using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Sandboxes;

/// <summary>Says which sandbox runs. Starts none.</summary>
[TaskName(nameof(SandboxStatus))]
[TaskDescription("Show whether the embedded sandbox is running, and its clusters")]
public sealed class SandboxStatus : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (await SandboxClient.ForOptions(context.Options).StatusAsync(context.Cancellation) is { } sandbox)
        {
            SandboxText.Report(context.Log, sandbox);
        }
        else
        {
            context.Log.Information("No sandbox is running in {0}. Start one: ./build.sh --target=SandboxUp", context.Options.Sandbox);
        }
    }
}
