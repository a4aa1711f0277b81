using Cake.Frosting;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Sandboxes;

/// <summary>Starts the sandbox, or grows the one that runs, and says how to look around in it.</summary>
[TaskName(nameof(SandboxUp))]
[TaskDescription("Start the embedded sandbox, or grow it: --dataplanes=N, --latency=MS, --sandbox=DIR")]
public sealed class SandboxUp : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var options = context.Options;
        var client = SandboxClient.ForOptions(options);
        var sandbox = await client.StatusAsync(context.Cancellation);
        if (sandbox is null || sandbox.DataPlanes < options.SandboxDataPlanes || sandbox.Latency != options.SandboxLatency)
        {
            var change = SandboxText.Change(options, sandbox is null ? ChangeAction.Create : ChangeAction.Update);
            await context.Gate.PassAsync(
                change,
                async (_, cancellationToken) => sandbox = await client.EnsureUpAsync(options.SandboxDataPlanes, options.SandboxLatency, cancellationToken),
                context.Cancellation
            );
        }

        if (sandbox is not null)
            SandboxText.Report(context.Log, sandbox);
    }
}
