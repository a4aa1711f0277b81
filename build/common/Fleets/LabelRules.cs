using System.Globalization;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Fleets;

/// <summary>The rules of <c>labels</c> and <c>defaultLabel</c>.</summary>
/// <param name="controlPlane">The control plane; it may stand in a label where it runs workflows.</param>
/// <param name="dataPlanes">The data planes.</param>
/// <param name="problems">Receives the problems.</param>
internal sealed class LabelRules(ControlPlane controlPlane, IReadOnlyList<DataPlane> dataPlanes, FleetProblems problems)
{
    private const double Tolerance = 1e-9;
    private const string Remedy = "Add one: labels: {label1: [{id: DATA_PLANE, weight: 1}]}; without any, the chart does not mount the credentials.";

    private readonly List<string> _labels = [];
    private readonly Dictionary<string, DataPlane> _planes = dataPlanes
        .Where(plane => plane.Name.Length > 0)
        .GroupBy(plane => plane.Name, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);

    /// <summary>Reads the labels.</summary>
    public IReadOnlyList<ClusterLabel> Read(FleetMap root)
    {
        if (root.Require("labels", Remedy) is not { } node || FleetMap.Open(node, "labels", problems) is not { } map)
        {
            return [];
        }

        var labels = new List<ClusterLabel>();
        foreach (var (name, key, value) in map.Entries)
        {
            CheckName(name, key);
            _labels.Add(name);
            labels.Add(new ClusterLabel(name, Clusters(name, key, value)));
        }

        if (labels.Count == 0)
        {
            problems.Add(node, "There is no label.", Remedy);
        }

        return labels;
    }

    /// <summary>Reads the default label; <see cref="Read"/> comes before.</summary>
    public string? Default(FleetMap root)
    {
        var name = root.Text("defaultLabel");

        // A label that flyteadmin lower-cases is reported where it stands.
        if (
            name is not null
            && !_labels.Exists(label =>
                string.Equals(label, name, StringComparison.Ordinal) || string.Equals(label.ToLowerInvariant(), name, StringComparison.Ordinal)
            )
        )
        {
            problems.Add(root.Get("defaultLabel")!, $"There is no label '{FleetValue.Format(name)}'.", Nearest.Remedy(name, _labels));
        }

        return name;
    }

    private void CheckName(string name, SourceNode key)
    {
        if (FleetNames.IsLabel(name))
        {
            return;
        }

        var lowered = name.ToLowerInvariant();
        if (FleetNames.IsLabel(lowered))
        {
            problems.Add(
                key,
                $"flyteadmin lower-cases the label '{FleetValue.Format(name)}' and then never finds it.",
                $"Write {lowered}, here and where it is used."
            );
        }
        else
        {
            problems.Add(
                key,
                $"'{FleetValue.Format(name)}' is not a label.",
                "Write lower-case letters, digits, '_' and '-', beginning with a letter or a digit."
            );
        }
    }

    private List<WeightedCluster> Clusters(string label, SourceNode key, SourceNode value)
    {
        var shown = FleetValue.Format(label);
        if (FleetValue.IsNull(value) || value is { Kind: SourceKind.Sequence, Items.Count: 0 })
        {
            problems.Add(key, $"The label '{shown}' has no cluster.", "Write [{id: DATA_PLANE, weight: 1}], or remove it.");
            return [];
        }

        var clusters = new List<WeightedCluster>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var isWhole = value.Kind == SourceKind.Sequence;
        foreach (var item in FleetValue.List(value, $"The label '{shown}'", problems))
        {
            if (FleetMap.Open(item, $"An entry of the label '{shown}'", FleetKeys.WeightedCluster, problems) is not { } map)
            {
                isWhole = false;
                continue;
            }

            var id = map.RequiredText("id", "Write the name of a data plane.");
            if (id is not null)
            {
                Cluster(map.Get("id")!, shown, id, ids.Add(id));
            }

            var weight = Weight(map);
            isWhole &= weight is not null;
            clusters.Add(new WeightedCluster(id ?? "", weight ?? 0));
        }

        var sum = clusters.Sum(cluster => cluster.Weight);
        if (isWhole && Math.Abs(sum - 1) > Tolerance)
        {
            problems.Add(
                key,
                string.Create(CultureInfo.InvariantCulture, $"The weights of the label '{shown}' sum to {sum:0.##########}, not to 1."),
                "Change them so that their sum is 1."
            );
        }

        return clusters;
    }

    private double? Weight(FleetMap map)
    {
        if (
            map.Require("weight", "Write its share of the label's executions, from 0 to 1.") is not { } node
            || FleetValue.Number(node, "'weight'", problems) is not { } weight
        )
        {
            return null;
        }

        if (weight is >= 0 and <= 1)
        {
            return weight;
        }

        problems.Add(node, $"The weight {FleetValue.Format(node.Value)} is not from 0 to 1.", "flyteadmin does not start with it: write a share, such as 0.5.");
        return null;
    }

    private void Cluster(SourceNode node, string label, string id, bool isFirst)
    {
        var shown = FleetValue.Format(id);
        if (!isFirst)
        {
            problems.Add(node, $"The label '{label}' names '{shown}' twice.", "Name it once, with the sum of the weights.");
        }
        else if (_planes.TryGetValue(id, out var plane))
        {
            if (!plane.Enabled)
            {
                problems.Add(node, $"The label '{label}' names '{shown}', which is disabled.", "Give its weight to another cluster, or set enabled: true.");
            }
        }
        else if (!string.Equals(id, controlPlane.Name, StringComparison.Ordinal))
        {
            if (_planes.Count == 0)
            {
                // That there is no data plane has been reported.
                return;
            }

            problems.Add(node, $"The label '{label}' names '{shown}', which is not a data plane.", Nearest.Remedy(id, Known()));
        }
        else if (!controlPlane.RunsWorkflows)
        {
            problems.Add(
                node,
                $"The label '{label}' names the control plane, which runs no workflows.",
                "Set controlPlane.runsWorkflows: true, or name a data plane."
            );
        }
    }

    private List<string> Known() => controlPlane.RunsWorkflows ? [.. _planes.Keys, controlPlane.Name] : [.. _planes.Keys];
}
