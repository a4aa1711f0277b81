using Cake.Core.Diagnostics;
using Cake.Frosting;
using Flyte.MultiCluster.Common.Options;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Verification;

namespace Flyte.MultiCluster.Tasks.FleetStatus;

/// <summary>The fleet as it is, in one table; nothing is changed.</summary>
/// <param name="tools">What the checks look with.</param>
[TaskName(nameof(Status))]
[TaskDescription("Show every cluster of the fleet: versions, releases, labels, running work, credentials, drift")]
[UsesFleet]
public sealed class Status(VerifyTools tools) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.OnceAsync(
            nameof(Status),
            async cancellationToken =>
            {
                var rows = await new ClusterStatusReader(new VerifyContext(context, tools, cancellationToken), cancellationToken).ReadAsync();
                context.Outcome.State.Of<StatusState>().Clusters = rows;
                if (context.Options.Output == OutputFormat.Text)
                {
                    foreach (var line in StatusTable.Lines(rows, ConsoleTerminal.HasColours))
                        context.Log.Information("{0}", line);
                }

                return UnreachableClusters.Fail(context, nameof(Status), rows);
            }
        );
    }
}
