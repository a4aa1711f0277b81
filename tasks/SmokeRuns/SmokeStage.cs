using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Options;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Pyflyte;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.ControlPlanes;
using Flyte.MultiCluster.Tasks.Prerequisites;

namespace Flyte.MultiCluster.Tasks.SmokeRuns;

/// <summary>The smoke run as a stage: within AddDataPlane what is proven is proven, by itself it always starts executions.</summary>
/// <param name="context">The run.</param>
/// <param name="values">Reads YAML as Helm does.</param>
/// <param name="overlays">The rendered overlays.</param>
/// <param name="pyflyte">Runs pyflyte.</param>
/// <param name="preflight">Runs the checks of FlyteAdmin.</param>
internal sealed class SmokeStage(FlyteContext context, IHelmValues values, RenderedOverlays overlays, PyflyteRunRunner pyflyte, FlyteAdminPreflight preflight)
{
    /// <summary>Whether an earlier execution that proved this very configuration is enough outside of a join too.</summary>
    public bool IsProof { get; init; }

    /// <summary>Runs the stage.</summary>
    /// <exception cref="InvalidOperationException">Something is not proven: all of it is named.</exception>
    /// <exception cref="FlyteAdminException">FlyteAdmin refused, or did not answer.</exception>
    public async Task<StageResult> RunAsync(CancellationToken cancellationToken)
    {
        if (context.Options.SkipSmoke)
            return StageResult.Skipped("--skip-smoke");
        if (context.Run.FlyteAdmin is not { } admin)
            return StageResult.Skipped(FlyteAdminPreflight.NoAddress);
        var isPyflyte = context.Options.Smoke == SmokeMode.Pyflyte;
        if (context.Run.Fleet.Smoke is null && !isPyflyte)
            return StageResult.Skipped("the fleet names no smoke run (smoke: {project: team1, domain: development, launchPlan: example.smoke})");
        var isJoin = context.WillRun(nameof(UpgradeControlPlane));
        var isFresh = !isJoin && !IsProof;
        if (!await preflight.PassesAsync(context, mayComeUp: !context.Gate.IsOpen && isJoin, cancellationToken))
            return StageResult.Unknown("the smoke run, as FlyteAdmin does not answer yet");
        if (!context.WillRun(nameof(VerifyPods)))
            await ReplacedFlyteAdmin.UntilGoneAsync(context, cancellationToken);
        var before = context.Gate.Changes.Count;
        var situation = await SmokeSituation.ReadAsync(context, admin, values, isFresh: isPyflyte || isFresh, cancellationToken);
        var runner = new SmokeRunner(context, admin, situation, overlays, pyflyte);
        var (results, _) = isPyflyte ? await runner.RunPyflyteAsync(cancellationToken) : await runner.RunAsync(isFresh, cancellationToken);
        var failed = results.Where(result => result.Failure is not null).ToArray();
        if (failed.Length > 0)
            throw new InvalidOperationException(
                $"{failed.Length} of {results.Count} smoke runs failed. "
                    + $"{string.Join(' ', failed.Select(result => $"{SmokeResult.Format(result.Label)}: {SmokeRunner.Describe(result)}"))}"
            );
        return context.Gate.Changes.Count > before
            ? StageResult.Done
            : StageResult.Skipped(
                results.Count == 0
                    ? "there is nothing to prove"
                    : $"{(results.Count == 1 ? "an earlier execution has" : $"{results.Count} earlier executions have")} already proved this configuration"
            );
    }
}
