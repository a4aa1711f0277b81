using System.Globalization;
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
    // Cursor to the first line, and everything below it erased (ECMA-48).
    private const string ClearScreen = "\e[H\e[J";

    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.OnceAsync(
            nameof(Status),
            async cancellationToken =>
            {
                var rows = await ReadAsync(context, cancellationToken);
                while (context.Options.Watch is { } interval)
                {
                    Print(context, rows);
                    await Task.Delay(interval, context.Run.ControlPlane.Api.Time, cancellationToken);
                    rows = await ReadAsync(context, cancellationToken);
                }

                context.Outcome.State.Of<StatusState>().Clusters = rows;
                if (context.Options.Output == OutputFormat.Text)
                    Print(context, rows);
                return UnreachableClusters.Fail(context, nameof(Status), rows);
            }
        );
    }

    private Task<IReadOnlyList<ClusterStatus>> ReadAsync(FlyteContext context, CancellationToken cancellationToken) =>
        new ClusterStatusReader(new VerifyContext(context, tools, cancellationToken), cancellationToken).ReadAsync();

    private static void Print(FlyteContext context, IReadOnlyList<ClusterStatus> rows)
    {
        if (context.Options.Watch is { } interval)
        {
            var time = context.Run.ControlPlane.Api.Time.GetUtcNow();
            var clear = ConsoleTerminal.IsOutput ? ClearScreen : string.Empty;
            context.Log.Information(
                "{0}",
                string.Create(CultureInfo.InvariantCulture, $"{clear}{time:yyyy-MM-dd HH:mm:ss} UTC, every {interval.TotalSeconds:0.#} s")
            );
        }

        foreach (var line in StatusTable.Lines(rows, ConsoleTerminal.HasColours))
            context.Log.Information("{0}", line);
    }
}
