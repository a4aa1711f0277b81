using System.Globalization;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Tasks.Checks;

namespace Flyte.MultiCluster.Tasks.Verification.Checks;

/// <summary>The base of the checks of labelClusterMap.</summary>
internal abstract class LoadedLabelsCheck(string name) : VerifyCheck(name)
{
    /// <inheritdoc/>
    public sealed override Task<IReadOnlyList<CheckResult>> RunAsync(VerifyContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return LookAsync(
            context.Control.Name,
            async () =>
            {
                if ((await context.Control.ReachAsync()).Failure is not null)
                    return [Finding.Skipped("the control plane does not answer")];
                return (await context.LoadedAsync()).Admin is { } admin
                    ? [.. Look(context.Run.Run.Fleet, admin)]
                    : [Finding.Skipped("flyteadmin has loaded no clusters: see configuration")];
            }
        );
    }

    /// <summary>Looks at the labels.</summary>
    /// <param name="fleet">What should be.</param>
    /// <param name="loaded">What flyteadmin has loaded.</param>
    protected abstract IEnumerable<Finding> Look(Fleet fleet, ClusterConfigs loaded);

    internal static string Members(IEnumerable<WeightedCluster> members) => string.Join(", ", members.Select(member => $"{member.Id} {Weight(member.Weight)}"));

    internal static string Weight(double weight) => weight.ToString("0.######", CultureInfo.InvariantCulture);
}

/// <summary>The fleet's labels are loaded with their clusters, and every loaded label has an enabled cluster: one without runs on any.</summary>
internal sealed class LabelsCheck() : LoadedLabelsCheck(CheckNames.Labels)
{
    private const string Apply = "Run AddDataPlane, which sets the fleet's labels.";

    /// <inheritdoc/>
    protected override IEnumerable<Finding> Look(Fleet fleet, ClusterConfigs loaded)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        ArgumentNullException.ThrowIfNull(loaded);
        var wrong = fleet
            .Labels.Select(label => OfFleet(label, loaded))
            .Concat(loaded.Labels.Select(label => OfLoaded(label.Key, label.Value, Enabled(fleet, loaded))))
            .OfType<Finding>()
            .ToList();
        if (fleet.DefaultLabel is { } wanted && loaded.DefaultLabel != wanted && loaded.Labels.ContainsKey(wanted))
            wrong.Add(Finding.Failed($"defaultExecutionLabel is {loaded.DefaultLabel ?? "not set"}; in the fleet it is {wanted}.", Apply));
        if (wrong.Count > 0)
            return wrong;
        string[] strangers = [.. loaded.Labels.Keys.Except(fleet.Labels.Select(label => label.Name), StringComparer.Ordinal)];
        var said = $"{string.Join(", ", loaded.Labels.Keys)} have enabled clusters";
        return [Finding.Ok(strangers.Length == 0 ? said : $"{said}; the fleet does not name {string.Join(", ", strangers)}")];
    }

    // What is loaded of the fleet's clusters themselves is another check's.
    private static HashSet<string> Enabled(Fleet fleet, ClusterConfigs loaded)
    {
        var known = fleet.DataPlanes.ToDictionary(plane => plane.Name, plane => plane.Enabled, StringComparer.Ordinal);
        return
        [
            .. known.Where(plane => plane.Value).Select(plane => plane.Key),
            .. loaded.Clusters.Where(entry => entry.Enabled && !known.ContainsKey(entry.Name)).Select(entry => entry.Name),
        ];
    }

    private static Finding? OfFleet(ClusterLabel label, ClusterConfigs loaded)
    {
        if (!loaded.Labels.TryGetValue(label.Name, out var members))
        {
            return label.Clusters.All(member => loaded.Clusters.All(entry => entry.Name != member.Id))
                ? null
                : Finding.Failed($"flyteadmin has no label {label.Name}: its executions run on any cluster.", Apply);
        }

        var ids = members.Select(member => member.Id).ToHashSet(StringComparer.Ordinal);
        return ids.SetEquals(label.Clusters.Select(member => member.Id))
            ? null
            : Finding.Failed($"Label {label.Name} maps to {Members(members)}; in the fleet it maps to {Members(label.Clusters)}.", Apply);
    }

    private static Finding? OfLoaded(string label, IReadOnlyList<WeightedCluster> members, HashSet<string> enabled) =>
        members.Any(member => enabled.Contains(member.Id))
            ? null
            : Finding.Failed(
                $"Label {label} has no enabled cluster: its executions run on any cluster.",
                "Enable one of its clusters, or give it another one, in the fleet; then run AddDataPlane."
            );
}

/// <summary>Each label's weights are from 0 to 1, sum to 1 and are the fleet's; flyteadmin does not start with others than from 0 to 1.</summary>
internal sealed class WeightsCheck() : LoadedLabelsCheck(CheckNames.Weights)
{
    private const double Tolerance = 1e-4;

    /// <inheritdoc/>
    protected override IEnumerable<Finding> Look(Fleet fleet, ClusterConfigs loaded)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        ArgumentNullException.ThrowIfNull(loaded);
        var wanted = fleet.Labels.ToDictionary(label => label.Name, StringComparer.Ordinal);
        Finding[] wrong = [.. loaded.Labels.Select(label => Of(label.Key, label.Value, wanted.GetValueOrDefault(label.Key))).OfType<Finding>()];
        return wrong.Length > 0 ? wrong : [Finding.Ok(string.Join("; ", loaded.Labels.Select(label => $"{label.Key}: {Members(label.Value)}")))];
    }

    private static Finding? Of(string label, IReadOnlyList<WeightedCluster> members, ClusterLabel? wanted)
    {
        const string Apply = "Write the weights in the fleet so that each label's sum to 1, then run AddDataPlane.";
        if (members.FirstOrDefault(member => member.Weight is < 0 or > 1 or double.NaN) is { } outside)
            return Finding.Failed(
                $"Label {label} gives {outside.Id} the weight {Weight(outside.Weight)}, which is not from 0 to 1: flyteadmin does not start with it.",
                Apply
            );
        if (Math.Abs(members.Sum(member => member.Weight) - 1) > Tolerance)
            return Finding.Failed($"The weights of label {label} ({Members(members)}) do not sum to 1.", Apply);
        var same =
            wanted is null
            || members.All(member =>
                wanted.Clusters.FirstOrDefault(other => other.Id == member.Id) is not { } other || Math.Abs(other.Weight - member.Weight) < Tolerance
            );
        return same
            ? null
            : Finding.Failed(
                $"Label {label} is loaded with {Members(members)}; the fleet has {Members(wanted!.Clusters)}.",
                "Run AddDataPlane, which sets the fleet's."
            );
    }
}
