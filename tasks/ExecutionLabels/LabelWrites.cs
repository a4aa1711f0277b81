using System.Collections.Concurrent;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Changes;
using Flyte.MultiCluster.Fleets;
using Flyte.MultiCluster.FlyteAdmin;
using Flyte.MultiCluster.Runs;

namespace Flyte.MultiCluster.ExecutionLabels;

/// <summary>Sets and deletes labels, many at once, each through the gate.</summary>
/// <param name="context">The run.</param>
/// <param name="control">The control plane, whose change each label is.</param>
/// <param name="admin">FlyteAdmin.</param>
public sealed class LabelWrites(FlyteContext context, ControlPlaneRun control, IFlyteAdmin admin)
{
    /// <summary>The kind of the changes.</summary>
    public const string Kind = "ExecutionClusterLabel";

    // FlyteAdmin does one database transaction a label.
    private const int AtOnce = 32;

    /// <summary>Sets labels.</summary>
    /// <param name="writer">Writes each.</param>
    /// <param name="rows">The labels.</param>
    /// <param name="live">FlyteAdmin's rows, to tell what changes.</param>
    /// <param name="why">What to tell with each, beside the label; null for nothing.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="InvalidOperationException">Some were not set: all of them are named.</exception>
    public Task SetAsync(ILabelWriter writer, IReadOnlyDictionary<LabelScope, string> rows, IReadOnlyDictionary<LabelScope, string> live, string? why, CancellationToken cancellationToken)
        => AllAsync(
            rows,
            "set",
            row => row.Key,
            (row, token) => context.Gate.PassAsync(Set(row.Key, row.Value, live.GetValueOrDefault(row.Key), why), (permit, end) => writer.PutLabelAsync(permit, row.Key, row.Value, end), token),
            cancellationToken);

    /// <summary>Deletes a label and puts back at once what FlyteAdmin deletes along with it.</summary>
    /// <param name="scopes">What the labels are for; none covers another.</param>
    /// <param name="live">FlyteAdmin's rows, to tell what goes.</param>
    /// <param name="takenAlong">Rows that are to stay.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="InvalidOperationException">Some were not deleted, or not put back: all of them are named.</exception>
    public Task DeleteAsync(IEnumerable<LabelScope> scopes, IReadOnlyDictionary<LabelScope, string> live, IReadOnlyDictionary<LabelScope, string> takenAlong, CancellationToken cancellationToken)
        => AllAsync(
            scopes,
            "deleted",
            scope => scope,
            async (scope, token) =>
            {
                var change = new Change(control.Name, Kind, null, scope.ToString(), ChangeAction.Delete, $"was {live.GetValueOrDefault(scope)}");
                await context.Gate.PassAsync(change, (permit, end) => admin.DeleteExecutionLabelAsync(permit, scope, end), token);
                var rows = takenAlong.Where(row => scope.Covers(row.Key)).ToDictionary();
                await SetAsync(new HttpLabelWriter(admin), rows, new Dictionary<LabelScope, string>(), $"put back: FlyteAdmin deletes it with {scope}", token);
            },
            cancellationToken);

    private Change Set(LabelScope scope, string label, string? was, string? why)
        => new(control.Name, Kind, null, scope.ToString(), was is null ? ChangeAction.Create : ChangeAction.Update, $"{label}{(was is null ? string.Empty : $", was {was}")}{(why is null ? string.Empty : $"; {why}")}");

    // One that fails does not keep the others from being written.
    private static async Task AllAsync<T>(IEnumerable<T> items, string done, Func<T, LabelScope> scopeOf, Func<T, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        var failed = new ConcurrentDictionary<LabelScope, string>();
        await Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (item, token) =>
        {
            try
            {
                await write(item, token);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                failed[scopeOf(item)] = exception.Message;
            }
        });
        if (!failed.IsEmpty)
            throw new InvalidOperationException($"{failed.Count} {(failed.Count == 1 ? "label was" : "labels were")} not {done}. {string.Join(' ', failed.OrderBy(one => one.Key.ToString(), StringComparer.Ordinal).Select(one => $"{one.Key}: {one.Value}"))} Run again: what is set stays.");
    }
}
