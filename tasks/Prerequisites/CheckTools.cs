using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.Checks.Shared;

namespace Flyte.MultiCluster.Tasks.Prerequisites;

/// <summary>helm and kubectl are there and new enough.</summary>
/// <param name="services">What the check looks with.</param>
[TaskName(nameof(CheckTools))]
[TaskDescription("Check that helm and kubectl are installed and new enough")]
[UsesFleet]
public sealed class CheckTools(CheckServices services) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.OnceAsync(
            nameof(CheckTools),
            async cancellationToken =>
            {
                var problems = context.Run.NewProblemList();
                var preflight = new Preflight(context.Journal, problems);
                var found = await ToolsCheck.FindAsync(context.Run.IsKustomize ? null : services.Helm, services.Kubectl, cancellationToken);
                foreach (var finding in found)
                    preflight.Take("tools", finding);
                problems.Refuse();
                context.Report("tools", found[0].Found);
                return StageResult.Done;
            }
        );
    }
}
