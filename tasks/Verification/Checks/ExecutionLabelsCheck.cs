using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.Checks.Shared;
using Flyte.MultiCluster.Tasks.ExecutionLabels;

namespace Flyte.MultiCluster.Tasks.Verification.Checks;

/// <summary>
/// Every execution cluster label that FlyteAdmin stores is one that it has loaded, with an enabled cluster, and the fleet's are stored. An unknown label
/// never fails in Flyte: the work runs on any cluster. What <c>--prune-labels</c> took along is put back.
/// </summary>
internal sealed class ExecutionLabelsCheck()
    : VerifyCheck(
        "execution-labels",
        "flyteadmin has loaded every label that FlyteAdmin stores, and the fleet's labels are stored",
        CheckSeverity.Fails,
        CheckNames.FlyteAdmin
    )
{
    private const string Apply = "Run UpdateExecutionClusterLabels, which sets the fleet's.";

    /// <inheritdoc/>
    public override Task<IReadOnlyList<CheckResult>> RunAsync(VerifyContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return LookAsync(
            context.Control.Name,
            async () =>
            {
                var fleet = context.Run.Run.Fleet;
                if (context.Run.Run.FlyteAdmin is not { } admin)
                    return [Finding.Skipped(FlyteAdminAnswerCheck.NotConfigured)];
                if (await context.BlockedByAsync(null, BlockedBy) is { } blocker)
                    return [Finding.Skipped($"blocked by {blocker}")];
                if ((await context.Control.ReachAsync()).Failure is not null || (await context.LoadedAsync()).Admin is not { } loaded)
                    return [Finding.Skipped("what flyteadmin has loaded is not known: see reachable and configuration")];
                try
                {
                    var recorded = RecordedLabels.Of(await context.Control.CoreAsync("configmaps", LabelRecord.Name));
                    return Look(fleet, loaded, await admin.ExecutionLabelsAsync(cancellationToken), recorded);
                }
                catch (FlyteAdminException exception)
                {
                    return [Finding.Failed($"FlyteAdmin's labels cannot be read: {exception.Message}", "Run again; if it persists, look at flyteadmin's log.")];
                }
            }
        );
    }

    /// <summary>Compares the rows with the fleet and with what is loaded.</summary>
    /// <param name="fleet">What should be.</param>
    /// <param name="loaded">What flyteadmin has loaded.</param>
    /// <param name="rows">The labels as FlyteAdmin stores them.</param>
    /// <param name="recorded">What is to be put back.</param>
    public static IReadOnlyList<Finding> Look(Fleet fleet, ClusterConfigs loaded, IReadOnlyDictionary<LabelScope, string> rows, RecordedLabels recorded)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        ArgumentNullException.ThrowIfNull(loaded);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(recorded);
        var wanted = fleet.ExecutionLabels.ToDictionary(label => label.Scope, label => label.Label);

        // Labels of the fleet that are not loaded, or have no enabled cluster, are another check's.
        var known = loaded.Labels.Keys.Union(fleet.Labels.Select(label => label.Name), StringComparer.Ordinal).ToArray();
        Finding[] wrong =
        [
            .. rows.OrderBy(row => row.Key.ToString(), StringComparer.Ordinal).Select(row => OfRow(row.Key, row.Value, wanted, known)).OfType<Finding>(),
            .. wanted
                .Where(row => !rows.ContainsKey(row.Key))
                .Select(row => Finding.Failed($"{row.Key} has no label; in the fleet it has '{row.Value}'.", Apply)),
            .. recorded
                .Restores.Where(note => !rows.ContainsKey(note.Key) && !wanted.ContainsKey(note.Key))
                .OrderBy(note => note.Key.ToString(), StringComparer.Ordinal)
                .Select(note =>
                    Finding.Failed(
                        $"{note.Key} has no label: --prune-labels was interrupted before it restored '{note.Value.Label}'.",
                        "Run UpdateExecutionClusterLabels, which restores it."
                    )
                ),
        ];
        return wrong.Length > 0
            ? wrong
            :
            [
                Finding.Ok(
                    rows.Count == 1 ? "1 label is set, and flyteadmin has loaded it" : $"{rows.Count} labels are set, and flyteadmin has loaded all of them"
                ),
            ];
    }

    private static Finding? OfRow(LabelScope scope, string label, Dictionary<LabelScope, string> wanted, IReadOnlyCollection<string> known)
    {
        var isFleets = wanted.TryGetValue(scope, out var fleets);
        if (!known.Contains(label, StringComparer.Ordinal))
            return Finding.Failed(
                $"{scope} has label '{label}', which labelClusterMap does not have: it runs on any cluster.",
                isFleets
                    ? $"{Apply} In the fleet it is '{fleets}'."
                    : $"{Nearest.Remedy(label, known)} Set it in the fleet's executionLabels and run UpdateExecutionClusterLabels."
            );
        return isFleets && fleets != label ? Finding.Failed($"{scope} has label '{label}'; in the fleet it has '{fleets}'.", Apply) : null;
    }
}
