using System.Globalization;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Flyte;

namespace Flyte.MultiCluster.Tasks.Imports;

/// <summary>flyteadmin's labels as a fleet has them: each with enabled clusters alone, and weights that sum to 1.</summary>
internal sealed class ImportedLabels
{
    private const double Tolerance = 1e-9;
    private const int Digits = 6;

    private readonly List<ClusterLabel> _labels = [];
    private readonly Dictionary<string, string> _doubts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _leftOut = new(StringComparer.Ordinal);

    /// <summary>Reads them.</summary>
    /// <param name="clusters">What flyteadmin has loaded.</param>
    /// <param name="enabled">The clusters that the fleet names, and whether each is enabled.</param>
    public ImportedLabels(ClusterConfigs clusters, IReadOnlyDictionary<string, bool> enabled)
    {
        ArgumentNullException.ThrowIfNull(clusters);
        ArgumentNullException.ThrowIfNull(enabled);
        foreach (var (name, members) in clusters.Labels)
            Read(name, members, enabled);
        if (_labels.Count == 0 && enabled.Where(one => one.Value).Select(one => one.Key).FirstOrDefault() is { } first)
        {
            _labels.Add(new ClusterLabel("label1", [new WeightedCluster(first, 1)]));
            _doubts["label1"] = "flyteadmin has no usable label, and without any the chart does not mount the credentials";
        }

        Default = clusters.DefaultLabel is { } label && _labels.Exists(one => one.Name == label) ? label : null;
        DefaultLeftOut = Default is null ? clusters.DefaultLabel : null;
    }

    /// <summary>The labels, in flyteadmin's order.</summary>
    public IReadOnlyList<ClusterLabel> Labels => _labels;

    /// <summary>What was corrected in a label, by its name.</summary>
    public IReadOnlyDictionary<string, string> Doubts => _doubts;

    /// <summary>The labels that a fleet cannot have, and why, by name.</summary>
    public IReadOnlyDictionary<string, string> LeftOut => _leftOut;

    /// <summary>The default label; null for none.</summary>
    public string? Default { get; }

    /// <summary>flyteadmin's default label, where it is none of the labels; null otherwise.</summary>
    public string? DefaultLeftOut { get; }

    private void Read(string name, IReadOnlyList<WeightedCluster> members, IReadOnlyDictionary<string, bool> enabled)
    {
        WeightedCluster[] usable =
        [
            .. members
                .Where(member => enabled.GetValueOrDefault(member.Id))
                .GroupBy(member => member.Id, StringComparer.Ordinal)
                .Select(group => new WeightedCluster(group.Key, group.Sum(member => double.IsFinite(member.Weight) ? Math.Max(member.Weight, 0) : 0))),
        ];
        if (!FleetNames.IsLabel(name))
        {
            _leftOut[name] = "flyteadmin never finds a label of that name";
            return;
        }

        if (usable.Length == 0)
        {
            _leftOut[name] = members.Count == 0 ? "it has no cluster" : $"none of its clusters ({Ids(members)}) is an enabled data plane";
            return;
        }

        var corrected = new List<string>();
        if (members.Where(member => !enabled.ContainsKey(member.Id)).ToArray() is { Length: > 0 } unknown)
            corrected.Add($"without {Ids(unknown)}, which clusterConfigs does not have");
        if (members.Where(member => enabled.TryGetValue(member.Id, out var on) && !on).ToArray() is { Length: > 0 } off)
            corrected.Add($"without {Ids(off)}, which is disabled");
        if (Math.Abs(members.Sum(member => member.Weight) - 1) > Tolerance || members.Any(member => member.Weight is < 0 or > 1))
            corrected.Add($"the weights were {string.Join(", ", members.Select(member => Weight(member.Weight)))}");
        if (corrected.Count > 0)
            _doubts[name] = string.Join("; ", corrected);
        _labels.Add(new ClusterLabel(name, ToOne(usable)));
    }

    /// <summary>A weight as a fleet has it.</summary>
    /// <param name="weight">The weight.</param>
    public static string Weight(double weight) => weight.ToString("0.##########", CultureInfo.InvariantCulture);

    // flyteadmin takes the shares as they are, and all clusters alike where all weights are 0.
    private static IReadOnlyList<WeightedCluster> ToOne(WeightedCluster[] members) =>
        LabelWeights.Scaled(members, Digits) ?? LabelWeights.Scaled([.. members.Select(member => member with { Weight = 1 })], Digits)!;

    private static string Ids(IEnumerable<WeightedCluster> members) => string.Join(", ", members.Select(member => member.Id.Length == 0 ? "''" : member.Id));
}
