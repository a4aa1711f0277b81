using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Options;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.SmokeRuns;

namespace Flyte.MultiCluster.Tasks.Verification.Checks;

/// <summary>The smoke run as a check (<c>--smoke</c>): the only one that changes anything, as it starts executions.</summary>
internal sealed class SmokeCheck()
    : VerifyCheck(
        CheckNames.Smoke,
        "only with `--smoke`: an execution for every label runs where the label allows, and its data plane reports back",
        CheckSeverity.Fails
    )
{
    /// <inheritdoc/>
    public override async Task<IReadOnlyList<CheckResult>> RunAsync(VerifyContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (run, tools) = (context.Run, context.Tools);
        var isPyflyte = run.Options.Smoke == SmokeMode.Pyflyte;
        if (run.Run.FlyteAdmin is not { } admin || (run.Run.Fleet.Smoke is null && !isPyflyte))
            return await LookAsync(
                null,
                () =>
                    One(
                        Finding.Failed(
                            "the fleet names no smoke run",
                            "Write flyteAdmin: {endpoint: …} and smoke: {project: team1, domain: development, launchPlan: example.smoke}."
                        )
                    )
            );

        // Executions into clusters that are known to be wrong would report the same again.
        if (await context.BlockedByAsync(null, CheckNames.Reachable, CheckNames.Configuration, CheckNames.Credential, CheckNames.FlyteAdmin) is { } blocker)
            return await LookAsync(null, async () => [await BlockedAsync(context, blocker)]);
        return await LookAsync(
            null,
            async () =>
            {
                try
                {
                    await tools.FlyteAdmin.PassesAsync(run, mayComeUp: false, cancellationToken);
                    var situation = await SmokeSituation.ReadAsync(run, admin, tools.Values, isFresh: true, cancellationToken);
                    var runner = new SmokeRunner(run, admin, situation, context.Services.Overlays, tools.Pyflyte);
                    return Of(
                        isPyflyte ? await runner.RunPyflyteAsync(cancellationToken) : await runner.RunAsync(isFresh: true, cancellationToken),
                        isPlan: !run.Gate.IsOpen
                    );
                }
                catch (RefusedException refused)
                {
                    return [.. refused.Problems.Select(problem => Finding.Failed($"{problem.Place}: {problem.What}", problem.Remedy))];
                }
                catch (FlyteAdminException exception)
                {
                    return [Finding.Failed(exception.Message, "Look at flyteadmin's log, and run again.")];
                }
            }
        );
    }

    // What is skipped does not fail the run by itself: something else must have.
    private static async Task<Finding> BlockedAsync(VerifyContext context, string blocker)
    {
        var others = await Task.WhenAll(CheckCatalog.Verify.Select(check => context.ResultsOfAsync(check.Name)));
        return others.Any(results => results.Any(result => result.Status == CheckStatus.Failed))
            ? Finding.Skipped($"blocked by {blocker}")
            : Finding.Failed($"No execution was started: {blocker} has no result for every cluster.", $"See {blocker}, fix it, and run again.");
    }

    private static Finding[] Of(SmokeOutcome outcome, bool isPlan)
    {
        Finding[] findings = [.. outcome.Results.Select(Of), .. outcome.Gaps.Select(gap => Finding.Warning(gap.What, gap.Remedy))];
        if (outcome.Results.Count > 0)
            return findings;
        return isPlan
            ? [.. findings, Finding.Failed("Nothing was proven: with --plan no execution is started.", "Run again without --plan.")]
            :
            [
                .. findings,
                Finding.Failed(
                    "Nothing was proven: there is no label to start an execution for.",
                    "Add labels to the fleet, join and enable their clusters, and run AddDataPlane."
                ),
            ];
    }

    private static Finding Of(SmokeResult result) =>
        result.Failure is { } failure
            ? Finding.Failed(
                $"{SmokeResult.Format(result.Label)}: {(result.Execution is null ? string.Empty : $"{result.Execution}: ")}{failure}",
                result.Remedy ?? "Run again, and look at flyteadmin's log."
            )
            : Finding.Ok($"{SmokeResult.Format(result.Label)}: {result.Execution} {SmokeResult.Format(result.Phase)} on {result.Cluster}");

    private static Task<IReadOnlyList<Finding>> One(Finding finding) => Task.FromResult<IReadOnlyList<Finding>>([finding]);
}
