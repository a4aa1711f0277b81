using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.Checks.Shared;
using Flyte.MultiCluster.Tasks.ControlPlanes;

namespace Flyte.MultiCluster.Tasks.Prerequisites;

/// <summary>The labels that the fleet names are in a labelClusterMap: a wrong one is no error to FlyteAdmin itself.</summary>
internal sealed class NamedLabelsCheck()
    : SubjectCheck<CheckContext>(
        "named-labels",
        "the labels that the fleet's `executionLabels` and `smoke` name are in a labelClusterMap",
        CheckTime.BeforeChange,
        CheckSeverity.Refuses
    )
{
    /// <inheritdoc/>
    public override IEnumerable<CheckSubject> Of(CheckContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        yield return new CheckSubject(context.Control.Name, context.Control.Name, () => FindAsync(context));
    }

    private static async Task<IReadOnlyList<Finding>> FindAsync(CheckContext context)
    {
        var (loaded, problem) = await FlyteAdminView.Of(context).LoadedAsync();
        var own = context.Run.Run.Fleet.Labels.Select(label => label.Name).ToArray();
        string[] known = [.. own.Union(loaded?.Labels.Keys ?? [], StringComparer.Ordinal)];
        var isLoadedNow = loaded is not null && !context.Run.WillRun(nameof(UpgradeControlPlane));
        var wrong = new List<Finding>();
        if (problem is not null)
            wrong.Add(Finding.Of(problem));
        foreach (var (label, place) in NamedByFleet.OncePerName(new NamedByFleet(context.Run).Labels()))
        {
            if (!known.Contains(label, StringComparer.Ordinal))
                wrong.Add(
                    Finding.Refused($"No labelClusterMap has the label '{label}': its executions would run on any cluster.", Nearest.Remedy(label, known)) with
                    {
                        Place = place,
                    }
                );
            else if (isLoadedNow && !loaded!.Labels.ContainsKey(label))
                wrong.Add(
                    Finding.Refused(
                        $"flyteadmin has not loaded the label '{label}': its executions would run on any cluster.",
                        "Run AddDataPlane first, which brings the fleet's labels to flyteadmin."
                    ) with
                    {
                        Place = place,
                    }
                );
        }

        return wrong.Count > 0 ? wrong : [Finding.Ok("all of them are known")];
    }
}
