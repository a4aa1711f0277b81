using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.ControlPlanes;
using Flyte.MultiCluster.Fleets;
using Flyte.MultiCluster.FlyteAdmin;
using Flyte.MultiCluster.Runs;

namespace Flyte.MultiCluster.ExecutionLabels;

/// <summary>
/// Makes FlyteAdmin's execution cluster labels as the fleet names them. Compared are the raw rows: what one asks FlyteAdmin for by scope may be
/// inherited. Ownership is recorded before the rows are set, so that a run that is killed between leaves no row that nobody knows.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="control">The control plane.</param>
/// <param name="admin">FlyteAdmin.</param>
/// <param name="writer">Sets the fleet's labels.</param>
public sealed class LabelUpdate(FlyteContext context, ControlPlaneRun control, IFlyteAdmin admin, ILabelWriter writer)
{
    private readonly LabelRecord _record = new(context, control);
    private readonly LabelWrites _writes = new(context, control, admin);

    /// <summary>Changes what differs.</summary>
    /// <exception cref="FlyteAdminException">FlyteAdmin refused, or did not answer.</exception>
    /// <exception cref="Kubernetes.KubernetesApiException">The control plane refused, or did not answer.</exception>
    /// <exception cref="InvalidOperationException">A label was not set, or is not so afterwards.</exception>
    public async Task<StageResult> RunAsync(CancellationToken cancellationToken)
    {
        var (reading, recording, loading) = (admin.ExecutionLabelsAsync(cancellationToken), _record.ReadAsync(cancellationToken), new LoadedClusters(context, control).ReadAsync(cancellationToken));
        await Task.WhenAll(reading, recording, loading);
        var (live, recorded) = (await reading, await recording);
        var wanted = context.Run.Fleet.ExecutionLabels.ToDictionary(row => row.Scope, row => row.Label);
        var difference = LabelDifference.Of(wanted, live, recorded, Held(await loading));
        var prune = context.Options.PruneLabels;
        TellPrunable(difference, recorded, live);

        var restores = prune ? difference.TakenAlong : new Dictionary<LabelScope, string>();
        await _record.AddAsync(recorded, difference.Set, restores, cancellationToken);
        var added = recorded with { Exists = recorded.Exists || (context.Gate.IsOpen && difference.Set.Count + restores.Count > 0) };
        await _writes.SetAsync(writer, difference.Set, live, null, cancellationToken);
        await _writes.SetAsync(new HttpLabelWriter(admin), difference.Restore, live, "an interrupted run deleted it along with others", cancellationToken);
        if (prune)
            await PruneAsync(difference, live, cancellationToken);
        var isChanged = difference.Set.Count + difference.Restore.Count > 0 || (prune && difference.Prunable.Count > 0);
        if (isChanged && context.Gate.IsOpen)
            await ReadBackAsync(difference, prune, cancellationToken);
        await _record.RemoveAsync(added, prune ? difference.Prunable.Concat(difference.Forgotten) : [], recorded.Restores.Keys.Union(restores.Keys), cancellationToken);
        return isChanged || recorded.Restores.Count > 0 || (prune && difference.Forgotten.Count > 0)
            ? StageResult.Done
            : StageResult.Skipped(wanted.Count == 0 ? "the fleet names no execution labels" : $"FlyteAdmin has all {wanted.Count} execution labels of the fleet");
    }

    // A label that flyteadmin has not loaded would send the work to any cluster: its rows wait until its data plane is there.
    private HashSet<LabelScope> Held(ClustersConfiguration? loaded)
    {
        var isLoadedLater = !context.Gate.IsOpen && context.WillRun(nameof(UpgradeControlPlane));
        if (loaded is null || isLoadedLater)
            return [];
        var held = context.Run.Fleet.ExecutionLabels.Where(row => !loaded.Labels.ContainsKey(row.Label)).ToArray();
        foreach (var row in held)
            context.Journal.Add($"{row.Scope} does not get its label {row.Label} yet: flyteadmin has not loaded that label. Run AddDataPlane for its clusters.");
        foreach (var label in context.Run.Fleet.ExecutionLabels.Select(row => row.Label).Distinct(StringComparer.Ordinal).Where(label => loaded.Labels.ContainsKey(label) && !loaded.Leads(label)))
            context.Journal.Add($"Label {label} has no enabled cluster: what has it runs on {string.Join(", ", loaded.Allowed(label))}.");
        return [.. held.Select(row => row.Scope)];
    }

    private void TellPrunable(LabelDifference difference, RecordedLabels recorded, IReadOnlyDictionary<LabelScope, string> live)
    {
        if (context.Options.PruneLabels)
        {
            foreach (var (scope, label) in difference.Changed)
                context.Journal.Add($"{scope} keeps its label {label}: this tool set {recorded.Owned[scope]}, and somebody changed it since.");
        }
        else if (difference.Prunable.Count > 0)
        {
            context.Journal.Add($"The fleet no longer names {string.Join(", ", difference.Prunable.Select(scope => $"{scope} ({live[scope]})"))}; --prune-labels removes {(difference.Prunable.Count == 1 ? "this label" : "these labels")}.");
        }
    }

    private async Task PruneAsync(LabelDifference difference, IReadOnlyDictionary<LabelScope, string> live, CancellationToken cancellationToken)
    {
        foreach (var level in difference.Prunable.GroupBy(scope => (scope.Domain is null, scope.Workflow is null)))
            await _writes.DeleteAsync(level, live, difference.TakenAlong, cancellationToken);
    }

    private async Task ReadBackAsync(LabelDifference difference, bool pruned, CancellationToken cancellationToken)
    {
        var live = await admin.ExecutionLabelsAsync(cancellationToken);
        var staying = difference.Set.Concat(difference.Restore).Concat(pruned ? difference.TakenAlong : []).DistinctBy(row => row.Key);
        var missing = staying.Where(row => live.GetValueOrDefault(row.Key) != row.Value).ToDictionary();
        if (missing.Count > 0 && writer is not HttpLabelWriter)
        {
            // flytectl compares with the inherited label and leaves a row out that is the same.
            context.Tell(control.Name, $"flytectl left {missing.Count} of the labels unset, as they are inherited: setting them over HTTP");
            await _writes.SetAsync(new HttpLabelWriter(admin), missing, live, "flytectl left it out", cancellationToken);
            live = await admin.ExecutionLabelsAsync(cancellationToken);
        }

        string[] wrong =
        [
            .. missing.Where(row => live.GetValueOrDefault(row.Key) != row.Value).Select(row => $"{row.Key} is {live.GetValueOrDefault(row.Key) ?? "without a label"} and not {row.Value}"),
            .. (pruned ? difference.Prunable : []).Where(live.ContainsKey).Select(scope => $"{scope} still is {live[scope]}"),
        ];
        if (wrong.Length > 0)
            throw new InvalidOperationException($"FlyteAdmin took the labels and has others now: {string.Join("; ", wrong)}. Somebody else is writing them too: run again.");
    }
}
