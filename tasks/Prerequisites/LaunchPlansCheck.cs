using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.Checks.Shared;

namespace Flyte.MultiCluster.Tasks.Prerequisites;

/// <summary>The launch plans of the fleet's smoke runs are there, and take the inputs that the fleet gives them.</summary>
internal sealed class LaunchPlansCheck()
    : SubjectCheck<CheckContext>(
        "launch-plans",
        "the launch plans of the fleet's `smoke` are there, and take its inputs",
        CheckTime.BeforeChange,
        CheckSeverity.Refuses,
        CheckNames.FlyteAdmin
    )
{
    /// <inheritdoc/>
    public override IEnumerable<CheckSubject> Of(CheckContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        yield return new CheckSubject("flyteAdmin", context.Control.Name, () => FindAsync(context, cancellationToken));
    }

    private static async Task<IReadOnlyList<Finding>> FindAsync(CheckContext context, CancellationToken cancellationToken)
    {
        if (context.Run.Run.FlyteAdmin is not { } admin)
            return [Finding.Skipped(FlyteAdminAnswerCheck.NotConfigured)];
        if (!new NamedByFleet(context.Run).HasLaunchPlans)
            return [Finding.Skipped("this run executes none")];
        try
        {
            var plans = await SmokeLaunchPlans.FindAsync(context.Run.Run, admin, cancellationToken);
            return plans.Problems.Count > 0
                ? [.. plans.Problems.Select(problem => Finding.Of(problem) with { Place = problem.Place })]
                : [Finding.Ok("all of them are there")];
        }
        catch (FlyteAdminException exception)
        {
            return [FlyteAdminAnswerCheck.Wrong(context.Run, exception)];
        }
    }
}
