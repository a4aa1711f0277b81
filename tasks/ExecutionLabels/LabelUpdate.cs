using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.ControlPlanes;

namespace Flyte.MultiCluster.Tasks.ExecutionLabels;

/// <summary>
/// Makes FlyteAdmin's execution cluster labels as the fleet names them. Compared are the raw rows: what one asks FlyteAdmin for by scope may be
/// inherited. Ownership is recorded before the rows are set, so that a run that is killed between leaves no row that nobody knows.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="control">The control plane.</param>
/// <param name="admin">FlyteAdmin.</param>
/// <param name="writer">Sets the fleet's labels.</param>
/// <param name="values">Reads YAML as Helm does.</param>
internal sealed class LabelUpdate(FlyteContext context, ControlPlaneRun control, IFlyteAdmin admin, ILabelWriter writer, IHelmValues values)
{
    private readonly LabelRecord _record = new(context, control);
    private readonly LabelWrites _writes = new(context, control, admin);

    /// <summary>Changes what differs.</summary>
    /// <exception cref="FlyteAdminException">FlyteAdmin refused, or did not answer.</exception>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    /// <exception cref="InvalidOperationException">A label was not set, or is not so afterwards.</exception>
    public async Task<StageResult> RunAsync(CancellationToken cancellationToken)
    {
        var (reading, recording, loading) = (
            admin.ExecutionLabelsAsync(cancellationToken),
            _record.ReadAsync(cancellationToken),
            new LoadedClusterConfigs(context.Run, values).ReadAsync(cancellationToken)
        );
        await Task.WhenAll(reading, recording, loading);
        var (live, recorded) = (await reading, await recording);
        var wanted = context.Run.Fleet.ExecutionLabels.ToDictionary(row => row.Scope, row => row.Label);
        var difference = LabelDifference.Of(wanted, live, recorded, RowsOfUnloadedLabels(await loading), _record.Fleet);
        var prune = context.Options.PruneLabels;
        ReportPrunable(difference, recorded);

        var owned = await _record.ClaimAsync(recorded, difference.Set, live, cancellationToken);
        await _writes.SetAsync(writer, difference.Set, live, null, cancellationToken);
        await _writes.SetAsync(new HttpLabelWriter(admin), difference.Restore, live, "an interrupted run deleted it along with others", cancellationToken);
        var pruned = prune ? await new LabelPrune(context, admin, _record, _writes).RunAsync(difference, recorded, cancellationToken) : PrunedLabels.None;
        var isChanged = difference.Set.Count + difference.Restore.Count + pruned.Deleted.Count > 0;
        if (isChanged)
            live = context.Gate.IsOpen ? await ReadBackAsync(difference, pruned, cancellationToken) : difference.After;
        var hasForgotten = await new LabelForgetting(context, control, _record).RunAsync(
            difference,
            recorded with
            {
                Owned = owned,
            },
            pruned,
            live,
            cancellationToken
        );
        return isChanged || hasForgotten
            ? StageResult.Done
            : StageResult.Skipped(
                wanted.Count == 0
                    ? "the fleet names no execution labels"
                    : $"FlyteAdmin has {(wanted.Count == 1 ? "the execution label" : $"all {wanted.Count} execution labels")} of the fleet"
            );
    }

    /// <summary>Why a row that the fleet no longer names is left.</summary>
    /// <param name="scope">What the row is for.</param>
    /// <param name="label">Its label.</param>
    /// <param name="owned">What this tool set.</param>
    internal static string Keeps(LabelScope scope, string label, OwnedLabel owned) =>
        $"{scope} keeps its label {label}: this tool set {owned.Label}, and somebody changed it since.";

    // A label that flyteadmin has not loaded would send the work to any cluster: its rows wait until its data plane is there.
    private HashSet<LabelScope> RowsOfUnloadedLabels(ClusterConfigs? loaded)
    {
        var isLoadedLater = !context.Gate.IsOpen && context.WillRun(nameof(UpgradeControlPlane));
        if (loaded is null || isLoadedLater)
            return [];
        var held = context.Run.Fleet.ExecutionLabels.Where(row => !loaded.Labels.ContainsKey(row.Label)).ToArray();
        foreach (var row in held)
            context.Journal.Add(
                $"{row.Scope} does not get its label {row.Label} yet: flyteadmin has not loaded that label. Run AddDataPlane for its clusters."
            );
        foreach (
            var label in context
                .Run.Fleet.ExecutionLabels.Select(row => row.Label)
                .Distinct(StringComparer.Ordinal)
                .Where(label => loaded.Labels.ContainsKey(label) && !loaded.HasEnabledCluster(label))
        )
            context.Journal.Add($"Label {label} has no enabled cluster: its executions run on {string.Join(", ", loaded.Allowed(label))}.");
        return [.. held.Select(row => row.Scope)];
    }

    private void ReportPrunable(LabelDifference difference, RecordedLabels recorded)
    {
        if (context.Options.PruneLabels)
        {
            foreach (var (scope, label) in difference.Changed)
                context.Journal.Add(Keeps(scope, label, recorded.Owned[scope]));
            foreach (var (scope, label) in difference.Unclaimed)
                context.Journal.Add(
                    $"{scope} ({label}) is kept: an older version recorded it without its fleet. If no fleet needs it, delete it by hand; FlyteAdmin also "
                        + "deletes all labels below it."
                );
        }
        else if (difference.Prunable.Count > 0)
        {
            context.Journal.Add(
                $"The fleet no longer names {string.Join(", ", difference.Prunable.Select(scope => $"{scope} ({recorded.Owned[scope].Label})"))}; "
                    + $"--prune-labels removes {(difference.Prunable.Count == 1 ? "this label" : "these labels")}."
            );
        }
    }

    private async Task<IReadOnlyDictionary<LabelScope, string>> ReadBackAsync(
        LabelDifference difference,
        PrunedLabels pruned,
        CancellationToken cancellationToken
    )
    {
        var live = await admin.ExecutionLabelsAsync(cancellationToken);
        var missing = difference
            .Set.Concat(difference.Restore)
            .Where(row => !pruned.Deleted.Contains(row.Key) && live.GetValueOrDefault(row.Key) != row.Value)
            .ToDictionary();
        if (missing.Count > 0 && writer is not HttpLabelWriter)
        {
            // flytectl compares with the inherited label and leaves a row out that is the same.
            context.Report(control.Name, $"flytectl left {missing.Count} of the labels unset, because they are inherited: setting them over HTTP");
            await _writes.SetAsync(new HttpLabelWriter(admin), missing, live, "flytectl skipped it", cancellationToken);
            live = await admin.ExecutionLabelsAsync(cancellationToken);
        }

        string[] wrong =
        [
            .. missing
                .Where(row => live.GetValueOrDefault(row.Key) != row.Value)
                .Select(row => $"{row.Key} is {live.GetValueOrDefault(row.Key) ?? "without a label"} and not {row.Value}"),
            .. pruned.Deleted.Where(live.ContainsKey).Select(scope => $"{scope} is still {live[scope]}"),
            .. pruned
                .Notes.Where(note => !live.ContainsKey(note.Key) && !pruned.Deleted.Contains(note.Key))
                .Select(note => $"{note.Key} is without its label {note.Value.Label}"),
        ];
        if (wrong.Length > 0)
            throw new InvalidOperationException(
                $"FlyteAdmin accepted the labels but now has different ones: {string.Join("; ", wrong)}. Somebody else is writing them too: run again."
            );
        return live;
    }
}
