using System.Collections.Concurrent;
using Cake.Core.Diagnostics;
using Cake.Frosting;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
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

        // Where the control plane was upgraded by an earlier run, these still are as they were before.
        DataPlaneRun[] left = [.. batches.SelectMany(batch => batch)];
        if (context.Gate.IsOpen && left.Length > 0 && !context.Run.State.Of<UpgradeState>().IsNoted)
            await new UpgradeVerification(context, tools).NoteFailedBeforeAsync(left, withControlPlane: false, context.Cancellation);

        // A run that was interrupted may have upgraded them and not have verified them any more.
        if (upgraded.Length > 0 && !await BatchAsync(context, upgraded, left, isChanged: false))
            return;

        for (var number = 1; number <= batches.Count; number++)
        {
            var batch = batches[number - 1];
            context.Log.Information("Batch {0} of {1}: {2}", number, batches.Count, string.Join(", ", batch.Select(plane => plane.Name)));
            if (!await BatchAsync(context, batch, [.. batches.Skip(number).SelectMany(next => next)], isChanged: true))
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

    // False where one has failed, and the ones that are left are not touched.
    private async Task<bool> BatchAsync(FlyteContext context, IReadOnlyList<DataPlaneRun> batch, IReadOnlyList<DataPlaneRun> left, bool isChanged)
    {
        try
        {
            if (await UpgradeAsync(context, batch, isChanged))
                return true;
            Stop(context, batch, left);
            return false;
        }
        catch (Exception exception) when (!exception.IsEndOf(context.Cancellation))
        {
            Stop(context, batch, left);
            await FleetVersions.NoteAsync(context, context.Cancellation);
            throw;
        }
    }

    private async Task<bool> UpgradeAsync(FlyteContext context, IReadOnlyList<DataPlaneRun> batch, bool isChanged)
    {
        var before = new ConcurrentDictionary<DataPlaneRun, HelmRelease?>();
        await context.ForEachDataPlaneAsync(
            Stage,
            async (plane, cancellationToken) =>
            {
                var live = await HelmReleases.FindAsync(plane.Api, context.Run.Namespace, plane.Release, cancellationToken);
                definitions.Note(context, plane, before[plane] = ChartUpgrade.InForce(live));
                return await installation.RunAsync(context, plane, cancellationToken);
            },
            batch
        );
        if (!context.Gate.IsOpen)
            return true;
        var verification = new UpgradeVerification(context, tools);
        try
        {
            if (Sound(batch) is { Count: > 0 } upgraded)
                await verification.VerifyAsync(Stage, upgraded, isChanged, context.Cancellation);
            if (Sound(batch) is { Count: > 0 } verified)
                await verification.SmokeAsync(Stage, verified, context.Cancellation);
        }
        finally
        {
            foreach (var plane in batch.Where(plane => plane.Failure is not null))
            {
                var outcome = await failed.RollBackAsync(context, plane, before.GetValueOrDefault(plane), context.Cancellation);
                var revisions = SuggestedCommand.Target(nameof(Rollback), context.Options with { Clusters = [plane.Name] });
                context.Journal.Add($"{plane.Name}: {outcome ?? $"This run made no revision, and took none back. {revisions} lists those that are there."}");
            }
        }

        return Sound(batch).Count == batch.Count;
    }

    private static IReadOnlyList<DataPlaneRun> Sound(IReadOnlyList<DataPlaneRun> batch) => [.. batch.Where(plane => plane.Failure is null)];

    private static void Stop(FlyteContext context, IReadOnlyList<DataPlaneRun> batch, IReadOnlyList<DataPlaneRun> left)
    {
        var names = string.Join(", ", batch.Where(plane => plane.Failure is not null).Select(plane => plane.Name));
        foreach (var plane in left)
            plane.LeaveOut("the upgrade stopped before it");
        if (names.Length == 0)
            names = string.Join(", ", batch.Select(plane => plane.Name));
        context.Journal.Add(
            $"The upgrade stopped at {names}." + (left.Count == 0 ? string.Empty : $" Not upgraded: {string.Join(", ", left.Select(plane => plane.Name))}.")
        );
    }
}
