using System.Collections.Concurrent;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Differences;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.ExecutionLabels;

/// <summary>Sets and deletes labels, many at once, each through the gate.</summary>
/// <param name="context">The run.</param>
/// <param name="control">The control plane, whose change each label is.</param>
/// <param name="admin">FlyteAdmin.</param>
internal sealed class LabelWrites(FlyteContext context, ControlPlaneRun control, IFlyteAdmin admin)
{
    /// <summary>The kind of the changes.</summary>
    public const string Kind = "ExecutionClusterLabel";

    // FlyteAdmin does one database transaction per label.
    private const int AtOnce = 32;

    /// <summary>Sets labels.</summary>
    /// <param name="writer">Writes each.</param>
    /// <param name="rows">The labels.</param>
    /// <param name="live">FlyteAdmin's rows, to say what changes.</param>
    /// <param name="why">What to report with each, beside the label; null for nothing.</param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    /// <exception cref="InvalidOperationException">Some were not set: all of them are named.</exception>
    public async Task SetAsync(
        ILabelWriter writer,
        IReadOnlyDictionary<LabelScope, string> rows,
        IReadOnlyDictionary<LabelScope, string> live,
        string? why,
        CancellationToken cancellationToken
    )
    {
        var failed = await EachAsync(
            rows,
            row => row.Key,
            (row, token) =>
                context.Gate.PassAsync(
                    Set(row.Key, row.Value, live.GetValueOrDefault(row.Key), why),
                    (permit, end) => writer.PutLabelAsync(permit, row.Key, row.Value, end),
                    token
                ),
            cancellationToken
        );
        if (failed.Count > 0)
            throw new InvalidOperationException($"{Describe("set", failed)} Run again: labels that were set are kept.");
    }

    /// <summary>Puts back labels that FlyteAdmin deleted along with others.</summary>
    /// <param name="rows">The labels.</param>
    /// <param name="why">What deleted them.</param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    /// <returns>Why some are not put back; empty where all are.</returns>
    public Task<IReadOnlyDictionary<LabelScope, string>> PutBackAsync(
        IReadOnlyDictionary<LabelScope, string> rows,
        string why,
        CancellationToken cancellationToken
    ) =>
        EachAsync(
            rows,
            row => row.Key,
            (row, token) =>
                context.Gate.PassAsync(
                    Set(row.Key, row.Value, null, $"restored: {why}"),
                    (permit, end) => admin.PutExecutionLabelAsync(permit, row.Key, row.Value, end),
                    token
                ),
            cancellationToken
        );

    /// <summary>
    /// Deletes labels, and puts back at once what FlyteAdmin deletes along with each. A deletion that was begun is not ended by the run's interruption,
    /// nor is what it makes necessary.
    /// </summary>
    /// <param name="scopes">What the labels are for; none covers another.</param>
    /// <param name="live">FlyteAdmin's rows, to say what goes.</param>
    /// <param name="takenAlong">Rows that are to stay.</param>
    /// <param name="sent">Gets what was sent to FlyteAdmin for deletion, with or without an answer.</param>
    /// <param name="patience">Ends calls that were begun.</param>
    /// <param name="cancellationToken">Cancels the deletions that were not begun.</param>
    /// <returns>Why some were not deleted; empty where all were. What is not put back is the caller's to find.</returns>
    public Task<IReadOnlyDictionary<LabelScope, string>> DeleteAsync(
        IEnumerable<LabelScope> scopes,
        IReadOnlyDictionary<LabelScope, string> live,
        IReadOnlyDictionary<LabelScope, string> takenAlong,
        ConcurrentBag<LabelScope> sent,
        CancellationToken patience,
        CancellationToken cancellationToken
    ) =>
        EachAsync(
            scopes,
            scope => scope,
            async (scope, token) =>
            {
                var change = new Change(control.Name, Kind, null, scope.ToString(), ChangeAction.Delete, $"was {live.GetValueOrDefault(scope)}")
                {
                    Difference = Difference(scope, live.GetValueOrDefault(scope), null),
                };
                await context.Gate.PassAsync(
                    change,
                    (permit, _) =>
                    {
                        sent.Add(scope);
                        return admin.DeleteExecutionLabelAsync(permit, scope, patience);
                    },
                    token
                );
                await PutBackAsync(takenAlong.Where(row => scope.Covers(row.Key)).ToDictionary(), $"FlyteAdmin deletes it with {scope}", patience);
            },
            cancellationToken
        );

    /// <summary>What was not done, in words, in the scopes' order.</summary>
    /// <param name="done">What was to be done: <c>set</c>.</param>
    /// <param name="failed">Why it was not.</param>
    internal static string Describe(string done, IReadOnlyDictionary<LabelScope, string> failed) =>
        $"{failed.Count} {(failed.Count == 1 ? "label was" : "labels were")} not {done}. "
        + $"{string.Join(' ', failed.OrderBy(one => one.Key.ToString(), StringComparer.Ordinal).Select(one => $"{one.Key}: {one.Value}"))}";

    private Change Set(LabelScope scope, string label, string? was, string? why) =>
        new(
            control.Name,
            Kind,
            null,
            scope.ToString(),
            was is null ? ChangeAction.Create : ChangeAction.Update,
            $"{label}{(was is null ? string.Empty : $", was {was}")}{(why is null ? string.Empty : $"; {why}")}"
        )
        {
            Difference = Difference(scope, was, label),
        };

    private static Func<CancellationToken, Task<IReadOnlyList<ObjectDifference>>> Difference(LabelScope scope, string? before, string? after) =>
        _ => Task.FromResult<IReadOnlyList<ObjectDifference>>([ObjectDifferences.OfText(Kind, scope.ToString(), before, after)]);

    // One that fails does not keep the others from being written.
    private static async Task<IReadOnlyDictionary<LabelScope, string>> EachAsync<T>(
        IEnumerable<T> items,
        Func<T, LabelScope> scopeOf,
        Func<T, CancellationToken, Task> write,
        CancellationToken cancellationToken
    )
    {
        var failed = new ConcurrentDictionary<LabelScope, string>();
        await Parallel.ForEachAsync(
            items,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (item, token) =>
            {
                try
                {
                    await write(item, token);
                }
                catch (Exception exception) when (!exception.IsEndOf(cancellationToken))
                {
                    failed[scopeOf(item)] = exception.Message;
                }
            }
        );
        return failed;
    }
}
