using Cake.Core.Diagnostics;
using Cake.Frosting;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.DataPlanes;
using Flyte.MultiCluster.Tasks.Verification;

namespace Flyte.MultiCluster.Tasks.Upgrades;

/// <summary>The data planes get the new chart batch by batch; one that fails stops the rollout and is rolled back.</summary>
/// <param name="installation">Upgrades them.</param>
/// <param name="failed">Rolls them back.</param>
/// <param name="definitions">Notes the CRDs that change.</param>
/// <param name="tools">What the checks look with.</param>
[TaskName(nameof(UpgradeDataPlaneCharts))]
[TaskDescription("Upgrade the data planes to the fleet file's chart version in batches, verify each, and stop at the first that fails")]
[IsDependentOn(typeof(UpgradeControlPlaneChart))]
[UsesFleet(Upgrades = true, Alone = AloneChecks.Tools | AloneChecks.Contexts)]
public sealed class UpgradeDataPlaneCharts(DataPlaneInstallation installation, FailedUpgrade failed, UpgradedDefinitions definitions, VerifyTools tools)
    : AsyncFrostingTask<FlyteContext>
{
    private const string Stage = nameof(UpgradeDataPlaneCharts);

    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        DataPlaneRun[] all = [.. context.Run.Active];
        var isUpToDate = await Task.WhenAll(all.Select(plane => IsUpToDateAsync(context, plane)));
        DataPlaneRun[] upgraded = [.. all.Where((_, index) => isUpToDate[index])];
        var batches = UpgradeBatches.Of([.. all.Except(upgraded)], all.Length, context.Options.Batch);

        // A run that was interrupted may have upgraded them and not have verified them any more.
        if (upgraded.Length > 0 && !await BatchAsync(context, upgraded))
        {
            Stop(context, upgraded, [.. batches.SelectMany(batch => batch)]);
            return;
        }

        for (var number = 1; number <= batches.Count; number++)
        {
            var batch = batches[number - 1];
            context.Log.Information("Batch {0} of {1}: {2}", number, batches.Count, string.Join(", ", batch.Select(plane => plane.Name)));
            if (await BatchAsync(context, batch))
                continue;
            Stop(context, batch, [.. batches.Skip(number).SelectMany(next => next)]);
            return;
        }
    }

    // One that cannot be looked at fails in its batch.
    private async Task<bool> IsUpToDateAsync(FlyteContext context, DataPlaneRun plane)
    {
        try
        {
            return await installation.IsUpToDateAsync(context, plane, context.Cancellation);
        }
        catch (Exception exception) when (exception is KubernetesApiException or FormatException)
        {
            return false;
        }
    }

    private async Task<bool> BatchAsync(FlyteContext context, IReadOnlyList<DataPlaneRun> batch)
    {
        await context.ForEachDataPlaneAsync(Stage, (plane, cancellationToken) => UpgradeAsync(context, plane, cancellationToken), batch);
        if (!context.Gate.IsOpen)
            return true;
        var verification = new UpgradeVerification(context, tools);
        try
        {
            if (Sound(batch) is { Count: > 0 } upgraded)
                await verification.VerifyAsync(Stage, upgraded, context.Cancellation);
            if (Sound(batch) is { Count: > 0 } verified)
                await verification.SmokeAsync(Stage, verified, context.Cancellation);
        }
        finally
        {
            foreach (var plane in batch.Where(plane => plane.Failure is not null))
            {
                if (await failed.RollBackAsync(context, plane, plane.State.Of<ReleaseBefore>().Release, context.Cancellation) is { } outcome)
                    context.Journal.Add($"{plane.Name}: {outcome}");
            }
        }

        return Sound(batch).Count == batch.Count;
    }

    private static IReadOnlyList<DataPlaneRun> Sound(IReadOnlyList<DataPlaneRun> batch) => [.. batch.Where(plane => plane.Failure is null)];

    private async Task<StageResult> UpgradeAsync(FlyteContext context, DataPlaneRun plane, CancellationToken cancellationToken)
    {
        var live = await HelmReleases.FindAsync(plane.Api, context.Run.Namespace, plane.Release, cancellationToken);
        var before = plane.State.Of<ReleaseBefore>().Release = ChartUpgrade.InForce(live);
        definitions.Note(context, plane, before);
        return await installation.RunAsync(context, plane, cancellationToken);
    }

    private static void Stop(FlyteContext context, IReadOnlyList<DataPlaneRun> batch, IReadOnlyList<DataPlaneRun> left)
    {
        var names = string.Join(", ", batch.Where(plane => plane.Failure is not null).Select(plane => plane.Name));
        foreach (var plane in left)
            plane.LeaveOut("the upgrade stopped before it");
        context.Journal.Add(
            $"The upgrade stopped at {names}." + (left.Count == 0 ? string.Empty : $" Not upgraded: {string.Join(", ", left.Select(plane => plane.Name))}.")
        );
    }
}
