using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Differences;
using Flyte.MultiCluster.Common.Problems;

namespace Flyte.MultiCluster.Common.Run;

/// <summary>
/// Keeps a run to what was planned (<c>--expect</c>): the first change that the plan does not have, or that would do something else by now, ends the
/// run, and nothing is changed any more. Clusters of which the plan could not know all may change further, and executions follow from what was applied.
/// </summary>
/// <param name="planned">The planned changes.</param>
/// <param name="knownAfterApply">The clusters with changes that the plan could not know.</param>
/// <param name="outcome">Where the end is noted.</param>
public sealed class ExpectedChanges(IReadOnlyList<PlannedChange> planned, IReadOnlySet<string> knownAfterApply, RunOutcome outcome) : IChangeGuard
{
    private const string Executions = "Execution";
    private const string Unknown = "known after apply";

    private readonly Lock _gate = new();
    private RefusedException? _refusal;

    /// <inheritdoc/>
    /// <exception cref="RefusedException">The plan does not have this change, or did not have an earlier one.</exception>
    public async Task BeforeAsync(Change change, ChangePermit permit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (_refusal is null && change.Kind != Executions && !change.TakesBack && !knownAfterApply.Contains(change.Cluster))
        {
            PlannedChange[] found = [.. planned.Where(one => IsOn(one.Change, change) && Covers(one.Change.Action, change.Action))];
            if (found.Length == 0)
                Refuse(change, "does not have this change");
            else if (!await IsSameAsync(found, change, cancellationToken))
                Refuse(change, "showed another difference for this change");
        }

        if (_refusal is { } refusal && !change.TakesBack)
            throw refusal;
    }

    private static bool IsOn(Change one, Change other) =>
        (one.Cluster, one.Kind, one.Namespace, one.Name) == (other.Cluster, other.Kind, other.Namespace, other.Name);

    // What was to be created may be there by the time it is filled.
    private static bool Covers(ChangeAction planned, ChangeAction action) =>
        planned == action || (planned, action) is (ChangeAction.Create, ChangeAction.Update);

    // Of an object that the run itself makes first, the plan could only guess what is in it before the next change.
    private async Task<bool> IsSameAsync(IReadOnlyList<PlannedChange> found, Change change, CancellationToken cancellationToken)
    {
        if (change.Difference is null || planned.Any(one => IsMade(one.Change, change)) || found.Any(IsGuess))
            return true;
        var now = await ChangePlan.LookAsync(change, cancellationToken);
        return now.Any(IsUnknown) || found.Any(one => Fingerprints(one.Differences).SequenceEqual(Fingerprints(now), StringComparer.Ordinal));
    }

    private static bool IsMade(Change one, Change change) =>
        one.Action == ChangeAction.Create
        && (one.Cluster, one.Name) == (change.Cluster, change.Name)
        && (one.Kind != change.Kind || change.Action != ChangeAction.Create);

    private static bool IsGuess(PlannedChange one) =>
        one.Differences.Any(difference => IsUnknown(difference) || difference.Lines.Any(line => line.Contains(Unknown, StringComparison.Ordinal)));

    private static bool IsUnknown(ObjectDifference difference) => difference.Fingerprint.Length == 0;

    private static IEnumerable<string> Fingerprints(IReadOnlyList<ObjectDifference> differences) =>
        differences.Select(difference => $"{difference} {difference.Fingerprint}").Order(StringComparer.Ordinal);

    private void Refuse(Change change, string what)
    {
        lock (_gate)
        {
            if (_refusal is not null)
                return;
            _refusal = new RefusedException([
                new Problem(
                    change.Cluster,
                    $"The plan of --expect {what}: {ChangeGate.Describe(change, made: true)}.",
                    "Look at a new plan, and run again with its digest."
                ),
            ]);
            outcome.Note(_refusal);
        }
    }
}
