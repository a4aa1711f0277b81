using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.ExecutionLabels;

namespace Flyte.MultiCluster.Tasks.ControlPlanes;

/// <summary>
/// Labels of the fleet's own clusters that the fleet no longer has: they leave labelClusterMap, unless FlyteAdmin has rows for them, whose
/// executions would then run on any cluster.
/// </summary>
internal sealed class RemovedLabels(FlyteContext context)
{
    /// <summary>Where labels are in the values, with the last dot.</summary>
    public const string Section = "configmap.clusters.labelClusterMap.";

    /// <summary>What is wrong with the removal.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="live">The sections <c>configmap.clusters</c> that flyteadmin has now.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>A problem for each label that has rows, or may have; none where they may go.</returns>
    public async Task<IReadOnlyList<Problem>> ProblemsAsync(IReadOnlyList<string> labels, IEnumerable<JsonObject?> live, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(live);
        string[] asked = [.. labels.Where(label => !context.Options.Accepts(Section + label))];
        if (asked.Length == 0)
            return [];
        if (context.Run.FlyteAdmin is not { } admin)
            return [.. asked.Select(label => Unknown(label, "the fleet has no address for FlyteAdmin", "Add flyteAdmin: {endpoint: …} to the fleet"))];
        try
        {
            var rows = await admin.ExecutionLabelsAsync(cancellationToken);
            var scopes = rows.ToLookup(row => row.Value, row => row.Key.ToString(), StringComparer.OrdinalIgnoreCase);
            var loaded = live.SelectMany(section => section?["labelClusterMap"] as JsonObject ?? []).Select(entry => entry.Key);
            string[] added = [.. context.Run.Fleet.Labels.Select(label => label.Name).Except(loaded, StringComparer.OrdinalIgnoreCase)];
            return [.. asked.Select(label => OfRows(label, [.. scopes[label].Order(StringComparer.Ordinal)], added)).OfType<Problem>()];
        }
        catch (FlyteAdminException exception)
        {
            return [.. asked.Select(label => Unknown(label, exception.Message.TrimEnd('.'), "Correct flyteAdmin in the fleet, or get flyteadmin running"))];
        }
    }

    // Rows can only be moved to labels that flyteadmin has loaded.
    private Problem? OfRows(string label, string[] scopes, string[] added)
    {
        if (scopes.Length == 0)
            return null;
        var unnamed = scopes.Except(context.Run.Fleet.ExecutionLabels.Select(row => row.Scope.ToString()), StringComparer.Ordinal).ToArray();
        var write = unnamed.Length == 0 ? string.Empty : $"Add {string.Join(", ", unnamed)} with another label to the fleet's executionLabels. ";
        var move =
            added.Length == 0
                ? $"Move the rows first: {SuggestedCommand.Target(nameof(UpdateExecutionClusterLabels), context.Options)} --exclusive."
                : $"Put {label} back into the fleet's labels for one run, which adds {string.Join(", ", added)} and moves the rows; then remove it "
                    + "and run again.";
        return new Problem(
            $"label {label}",
            $"The fleet no longer has it, and FlyteAdmin has rows with it, whose executions would run on any cluster: {string.Join(", ", scopes)}.",
            $"{write}{move} Or give --accept-value-loss={Section}{label}."
        );
    }

    private static Problem Unknown(string label, string why, string remedy) =>
        new(
            $"label {label}",
            $"The fleet no longer has it, and it is not known whether FlyteAdmin has rows with it: {why}. Their executions would run on any cluster.",
            $"{remedy}, so that this can be checked; or give --accept-value-loss={Section}{label}."
        );
}
