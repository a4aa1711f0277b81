using Cake.Core.Diagnostics;
using Cake.Frosting;
using Flyte.MultiCluster.Common.Options;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Verification;

/// <summary>Runbook: <c>kubectl get pods -n flyte</c> and hope; here whatever can be known without changing anything.</summary>
/// <param name="tools">What the checks look with.</param>
[TaskName(nameof(Verify))]
[TaskDescription("Check everything that can be checked without changing anything: --output=text, json or junit")]
[UsesFleet]
public sealed class Verify(VerifyTools tools) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var results = await VerifyRunner.RunAsync(
            context,
            tools,
            context.Options.Smoke is null ? CheckCatalog.Verify : CheckCatalog.WithSmoke,
            context.Cancellation
        );
        context.Outcome.State.Of<VerifyState>().Results = results;
        context.Outcome.HasFailedChecks = results.HasFailed;
        context.Journal.Add(
            new StageEntry(
                nameof(Verify),
                null,
                results.HasFailed ? StageStatus.Failed : StageStatus.Done,
                results.Elapsed,
                results.HasFailed ? VerifyTable.Summary(results) : null
            )
        );
        if (context.Options.Output != OutputFormat.Text)
            return;
        foreach (var line in VerifyTable.Lines(results.Results, ConsoleTerminal.HasColours))
            context.Log.Information("{0}", line);
    }
}
