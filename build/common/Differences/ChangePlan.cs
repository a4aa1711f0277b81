using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Problems;

namespace Flyte.MultiCluster.Common.Differences;

/// <summary>A change with what it would make of its objects.</summary>
/// <param name="Change">The change.</param>
/// <param name="Differences">The differences; empty where the change says it all.</param>
public sealed record PlannedChange(Change Change, IReadOnlyList<ObjectDifference> Differences);

/// <summary>What a run with the gate closed would do.</summary>
/// <param name="Changes">The changes, in order.</param>
/// <param name="Digest">What stands for them: <c>sha256:</c> and 16 digits.</param>
public sealed record ChangePlan(IReadOnlyList<PlannedChange> Changes, string Digest)
{
    private const int Digits = 16;

    // Their names are made up for the run, or are paths of this machine; what is done with them is the same.
    private static readonly string[] Unnamed = ["Execution", "Sandbox"];

    // It names the kubeconfig's path.
    private static readonly string[] WithoutDetail = ["KubeconfigContext"];

    /// <summary>Looks at the differences of all changes, several at once.</summary>
    /// <param name="changes">The changes.</param>
    /// <param name="parallelism">How many at once.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    public static async Task<ChangePlan> OfAsync(IReadOnlyList<Change> changes, int parallelism, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(changes);
        var found = new ConcurrentDictionary<int, IReadOnlyList<ObjectDifference>>();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, changes.Count).Where(index => changes[index].Difference is not null),
            new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellationToken },
            async (index, token) => found[index] = await LookAsync(changes[index], token)
        );
        PlannedChange[] planned = [.. changes.Select((change, index) => new PlannedChange(change, found.GetValueOrDefault(index, [])))];
        return new ChangePlan(planned, DigestOf(planned));
    }

    /// <summary>
    /// The digest of changes. It is the same for the same changes in whatever order, and another one when anything else would be done: each change
    /// counts with its cluster, object, action and detail, and with its objects as they are and as they would be, secrets included.
    /// </summary>
    /// <param name="changes">The changes.</param>
    public static string DigestOf(IEnumerable<PlannedChange> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        var lines = changes.Select(Line).Order(StringComparer.Ordinal);
        return $"sha256:{ObjectText.Fingerprint(string.Join('\n', lines))[..Digits]}";
    }

    private static string Line(PlannedChange planned)
    {
        var change = planned.Change;
        return new JsonArray([
            change.Cluster,
            change.Kind,
            change.Namespace,
            Unnamed.Contains(change.Kind, StringComparer.Ordinal) ? null : change.Name,
            change.Action.ToString(),
            WithoutDetail.Contains(change.Kind, StringComparer.Ordinal) ? null : change.Detail,
            .. planned.Differences.Select(difference => (JsonNode)$"{difference} {difference.Fingerprint}"),
        ]).ToJsonString();
    }

    /// <summary>The differences of a change; one that says why where they cannot be looked at, as that is no reason to hide the rest.</summary>
    internal static async Task<IReadOnlyList<ObjectDifference>> LookAsync(Change change, CancellationToken cancellationToken)
    {
        try
        {
            return await change.Difference!(cancellationToken);
        }
        catch (Exception exception) when (!exception.IsEndOf(cancellationToken))
        {
            return
            [
                new ObjectDifference(
                    change.Kind,
                    change.Namespace,
                    change.Name,
                    [$"  (the difference is not known: {exception.Message.ReplaceLineEndings(" ")})"],
                    string.Empty
                ),
            ];
        }
    }
}
