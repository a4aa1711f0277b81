using System.Globalization;
using Flyte.MultiCluster.Common.Problems;

namespace Flyte.MultiCluster.Common.Fleets;

/// <summary>Data planes that are taken out of service: what the fleet would have to say of them, so that nobody has to edit it first.</summary>
/// <param name="Fleet">The fleet as its file is.</param>
/// <param name="Names">The data planes' names; the fleet need not know them.</param>
/// <param name="Moves">Where labels' weights go, by label; labels that are not named spread theirs over their other clusters.</param>
public sealed record FleetDrain(Fleet Fleet, IReadOnlyList<string> Names, IReadOnlyDictionary<string, string> Moves)
{
    private readonly HashSet<string> _names = Names.ToHashSet(StringComparer.Ordinal);

    /// <summary>Whether the clusters leave <c>clusterConfigs</c> too; false disables them there.</summary>
    public bool IsRemoval { get; init; }

    /// <summary>Whether a cluster is one of them.</summary>
    /// <param name="cluster">Its name.</param>
    public bool Contains(string? cluster) => cluster is not null && _names.Contains(cluster);

    // Where a label can go: the fleet's enabled clusters that stay.
    private string[] Targets =>
        [
            .. Fleet.DataPlanes.Where(plane => plane.Enabled && !Contains(plane.Name)).Select(plane => plane.Name),
            .. Fleet.ControlPlane.RunsWorkflows ? [Fleet.ControlPlane.Name] : Array.Empty<string>(),
        ];

    /// <summary>The names that the fleet does not have.</summary>
    public IEnumerable<string> Unknown => Names.Except(Fleet.DataPlanes.Select(plane => plane.Name), StringComparer.Ordinal);

    /// <summary>A label's clusters without them; null where none would be left with a weight.</summary>
    /// <param name="label">The label.</param>
    /// <param name="members">Its clusters.</param>
    public IReadOnlyList<WeightedCluster>? Without(string label, IReadOnlyList<WeightedCluster> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        return members.Any(member => Contains(member.Id)) ? LabelWeights.Without(members, _names, Moves.GetValueOrDefault(label)) : members;
    }

    /// <summary>
    /// The fleet with the data planes disabled and out of its labels, but for those that would be empty; those that it does not name are added by their
    /// names alone.
    /// </summary>
    /// <param name="contexts">The kubeconfig contexts of those that it does not name, by name, where they are known.</param>
    public Fleet Drained(IReadOnlyDictionary<string, string>? contexts = null) =>
        Fleet with
        {
            DataPlanes =
            [
                .. Fleet.DataPlanes.Select(plane => Contains(plane.Name) ? plane with { Enabled = false } : plane),
                .. Unknown.Select(name => new DataPlane
                {
                    Name = name,
                    Context = contexts?.GetValueOrDefault(name) ?? name,
                    Enabled = false,
                }),
            ],
            Labels = [.. Fleet.Labels.Select(label => label with { Clusters = Without(label.Name, label.Clusters) ?? label.Clusters })],
        };

    /// <summary>What is wrong with it, as far as the fleet says.</summary>
    public IEnumerable<Problem> Problems()
    {
        var targets = Targets;
        foreach (var target in Moves.Values.Distinct(StringComparer.Ordinal))
        {
            if (!targets.Contains(target, StringComparer.Ordinal))
                yield return new Problem(
                    "--move-label",
                    $"The fleet has no enabled data plane '{target}' that could take a label.",
                    Nearest.To(target, targets) is { } nearest ? $"Did you mean '{nearest}'?"
                        : targets.Length == 0 ? "There is none: join another data plane first."
                        : $"It has {string.Join(", ", targets)}."
                );
        }
    }

    /// <summary>That a label would be empty, with the choices.</summary>
    /// <param name="label">The label.</param>
    public Problem Empty(string label)
    {
        var targets = Targets;
        var others = targets.Length > 1 ? $" (or {string.Join(", ", targets.Skip(1))})" : string.Empty;
        return new Problem(
            $"label {label}",
            "No cluster would be left for it, and its executions would run on any enabled cluster.",
            targets.Length == 0
                ? "Join another data plane first."
                : $"Give it to another cluster: --move-label={label}={targets[0]}{others}; or "
                    + $"write other weights for it into the fleet ({Fleet.Path}), and run again."
        );
    }

    /// <summary>The lines of the fleet file that say the same, for its owner to write; none where it needs no change.</summary>
    /// <param name="labels">The labels as the control plane gets them.</param>
    public IReadOnlyList<string> Lines(IReadOnlyDictionary<string, IReadOnlyList<WeightedCluster>> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var lines = new List<string>();
        foreach (var plane in Fleet.DataPlanes.Where(plane => Contains(plane.Name)))
        {
            if (IsRemoval)
                lines.Add($"dataPlanes: remove {plane.Name}");
            else if (plane.Enabled)
                lines.Add($"dataPlanes: {plane.Name}: enabled: false");
        }

        foreach (var label in Fleet.Labels.Where(label => label.Clusters.Any(member => Contains(member.Id))))
        {
            var members = (labels.GetValueOrDefault(label.Name) ?? []).Select(member =>
                string.Create(CultureInfo.InvariantCulture, $"{{id: {member.Id}, weight: {member.Weight}}}")
            );
            lines.Add($"labels: {label.Name}: [{string.Join(", ", members)}]");
        }

        return lines;
    }
}
