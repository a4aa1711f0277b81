using System.Globalization;
using Flyte.MultiCluster.Common.Fleets;

namespace Flyte.MultiCluster.Tasks.FleetTopology;

/// <summary>How a cluster takes part in the fleet.</summary>
internal enum ClusterState
{
    /// <summary>flyteadmin's configuration could not be read.</summary>
    Unknown,

    /// <summary>It is in clusterConfigs, and gets executions.</summary>
    Enabled,

    /// <summary>It is in clusterConfigs, and gets no new executions.</summary>
    Disabled,

    /// <summary>It is disabled, and recorded as drained.</summary>
    Drained,

    /// <summary>It does not answer.</summary>
    Unreachable,

    /// <summary>The fleet names it, and flyteadmin does not know it yet.</summary>
    New,
}

/// <summary>Executions of the last day.</summary>
/// <param name="Count">How many there were.</param>
/// <param name="Failed">How many of them failed.</param>
internal sealed record RunCount(int Count, int Failed)
{
    /// <summary>In words, <c>12 executions in 24 h, 1 failed</c>.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Count} {(Count == 1 ? "execution" : "executions")} in 24 h{(Failed == 0 ? string.Empty : $", {Failed} failed")}"
        );
}

/// <summary>A cluster in the picture.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">How it takes part.</param>
internal sealed record PictureCluster(string Name, ClusterState State)
{
    /// <summary>Its Kubernetes version and chart, as far as they are known.</summary>
    public string Versions { get; init; } = string.Empty;

    /// <summary>What else there is to say of it, each with its name.</summary>
    public IReadOnlyList<(string Name, string Value)> Details { get; init; } = [];

    /// <summary>The executions of the last day that ran there; null where that is not known.</summary>
    public RunCount? Runs { get; init; }

    /// <summary>Its state in a word.</summary>
    public string Word => State.ToString().ToLowerInvariant();
}

/// <summary>A label's share of a cluster.</summary>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="Weight">The share, from 0 to 1.</param>
/// <param name="IsPlanned">Whether only the fleet says so: flyteadmin has not loaded it.</param>
internal sealed record PictureMember(string Cluster, double Weight, bool IsPlanned)
{
    /// <summary>The weight as it is shown.</summary>
    public string WeightText => Weight.ToString("0.###", CultureInfo.InvariantCulture);
}

/// <summary>An execution cluster label in the picture.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Members">Its clusters.</param>
/// <param name="IsDefault">Whether it is the default label.</param>
internal sealed record PictureLabel(string Name, IReadOnlyList<PictureMember> Members, bool IsDefault)
{
    /// <summary>How many clusters it has, in words.</summary>
    public string Size =>
        Members.Count switch
        {
            0 => "no cluster",
            1 => "1 cluster",
            var count => string.Create(CultureInfo.InvariantCulture, $"{count} clusters"),
        };
}

/// <summary>What a label is set for.</summary>
/// <param name="Scope">The project, project and domain, or workflow.</param>
/// <param name="Label">Its label; null where it has none, and there is no default label.</param>
/// <param name="IsInherited">Whether the label is that of the project, or the default one.</param>
internal sealed record PictureScope(LabelScope Scope, string? Label, bool IsInherited)
{
    /// <summary>Its executions of the last day; null where they are not known, or counted with another scope.</summary>
    public RunCount? Runs { get; init; }

    /// <summary>How many of them ran in each cluster.</summary>
    public IReadOnlyList<(string Cluster, int Count)> RanIn { get; init; } = [];
}

/// <summary>A fleet as it is drawn. What is in it is in the order in which it is drawn.</summary>
/// <param name="Title">The fleet file's name.</param>
/// <param name="ControlPlane">The control plane.</param>
/// <param name="Clusters">The clusters that run executions; the control plane too where it does.</param>
/// <param name="Labels">The execution cluster labels.</param>
/// <param name="Scopes">What they are set for.</param>
internal sealed record FleetPicture(
    string Title,
    PictureCluster ControlPlane,
    IReadOnlyList<PictureCluster> Clusters,
    IReadOnlyList<PictureLabel> Labels,
    IReadOnlyList<PictureScope> Scopes
)
{
    /// <summary>What is not in the picture, and why.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>When it was drawn.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>When it was drawn, as it is shown.</summary>
    public string Time => At.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>When it was drawn, and what its dashed lines are.</summary>
    public string Legend => $"Drawn {Time}. Dashed: inherited or default labels, and weights that flyteadmin has not loaded yet.";

    /// <summary>Where each label stands, by name.</summary>
    public IReadOnlyDictionary<string, int> LabelPlaces => Places(Labels.Select(label => label.Name));

    /// <summary>Where each cluster stands, by name.</summary>
    public IReadOnlyDictionary<string, int> ClusterPlaces => Places(Clusters.Select(cluster => cluster.Name));

    /// <summary>How many clusters are in which state, in a line.</summary>
    public string Summary
    {
        get
        {
            var counts = Clusters
                .CountBy(cluster => cluster.Word)
                .OrderByDescending(count => count.Value)
                .ThenBy(count => count.Key, StringComparer.Ordinal)
                .Select(count => $"{count.Value} {count.Key}");
            return Clusters.Count == 0
                ? "No data planes"
                : $"{Clusters.Count} {(Clusters.Count == 1 ? "cluster" : "clusters")} for executions: {string.Join(", ", counts)}";
        }
    }

    /// <summary>The same fleet with labels beside their clusters and scopes beside their labels, so that few lines cross.</summary>
    public FleetPicture Ordered()
    {
        var places = ClusterPlaces;
        PictureLabel[] labels =
        [
            .. Labels.OrderBy(label =>
                label.Members.Count == 0 ? double.MaxValue : label.Members.Average(member => (double)places.GetValueOrDefault(member.Cluster))
            ),
        ];
        var order = Places(labels.Select(label => label.Name));
        return this with
        {
            Labels = labels,
            Scopes =
            [
                .. Scopes
                    .OrderBy(scope => scope.Label is { } label ? order.GetValueOrDefault(label, int.MaxValue) : int.MaxValue)
                    .ThenBy(scope => scope.Scope.ToString(), StringComparer.Ordinal),
            ],
        };
    }

    private static Dictionary<string, int> Places(IEnumerable<string> names) =>
        names.Index().ToDictionary(one => one.Item, one => one.Index, StringComparer.Ordinal);
}
