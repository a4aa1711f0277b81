using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Common.Flyte;

/// <summary>An execution of the fleet's <c>smoke</c> with what FlyteAdmin says of its launch plan.</summary>
/// <param name="Spec">The fleet's.</param>
/// <param name="Plan">The launch plan, of one version.</param>
/// <param name="Inputs">The inputs as literals.</param>
public sealed record PreparedSmoke(SmokeExecution Spec, LaunchPlan Plan, JsonObject Inputs);

/// <summary>The launch plans of the fleet's <c>smoke</c>.</summary>
/// <param name="Executions">Those that can be started.</param>
/// <param name="Problems">What is wrong with the others.</param>
public sealed record SmokeLaunchPlans(IReadOnlyList<PreparedSmoke> Executions, IReadOnlyList<Problem> Problems)
{
    /// <summary>The executions that the fleet names, each with its place.</summary>
    public static IEnumerable<(SmokeExecution Execution, string Place)> OfFleet(Fleet fleet)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        return (fleet.Smoke?.Executions ?? []).Select(
            (execution, index) => (execution, fleet.Smoke!.ForEveryLabel ? $"{fleet.Path}, smoke" : $"{fleet.Path}, smoke[{index}]")
        );
    }

    /// <summary>Finds them, and holds the inputs against what they take.</summary>
    /// <exception cref="FlyteAdminException">FlyteAdmin refused, or did not answer.</exception>
    public static async Task<SmokeLaunchPlans> FindAsync(FleetRun run, IFlyteAdmin admin, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(admin);
        var (executions, problems) = (new List<PreparedSmoke>(), new List<Problem>());
        var found = await Task.WhenAll(
            OfFleet(run.Fleet)
                .Select(async smoke =>
                    (
                        smoke.Execution,
                        smoke.Place,
                        Plan: await admin.LaunchPlanAsync(
                            smoke.Execution.Project,
                            smoke.Execution.Domain,
                            smoke.Execution.LaunchPlan,
                            smoke.Execution.Version,
                            cancellationToken
                        )
                    )
                )
        );
        foreach (var (execution, place, plan) in found)
        {
            if (plan is null)
            {
                problems.Add(Missing(execution, place));
                continue;
            }

            var inputs = new LaunchPlanInputs(plan, place);
            executions.Add(new PreparedSmoke(execution, plan, inputs.Literals(execution.Inputs)));
            problems.AddRange(inputs.Problems);
        }

        return new SmokeLaunchPlans(executions, problems);
    }

    private static Problem Missing(SmokeExecution smoke, string place) =>
        smoke.Version is null
            ? new Problem(
                place,
                $"{smoke.Project}/{smoke.Domain} has no active launch plan '{smoke.LaunchPlan}'.",
                $"Register and activate it (pyflyte register --activate-launchplans --project {smoke.Project} --domain {smoke.Domain} FILE), name "
                    + "another one, or give --skip-smoke."
            )
            : new Problem(
                place,
                $"{smoke.Project}/{smoke.Domain} has no launch plan '{smoke.LaunchPlan}' of version '{smoke.Version}'.",
                "Name a version that is registered, or leave it out for the newest active one."
            );
}
