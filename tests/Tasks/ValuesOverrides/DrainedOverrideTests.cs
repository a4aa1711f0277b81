using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.ValuesOverrides;
using Flyte.MultiCluster.Tests.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.ValuesOverrides;

/// <summary>The override of a drain: the drained clusters' labels change, and nothing else.</summary>
internal sealed class DrainedOverrideTests
{
    private const string Clusters = "[{name: dp1, enabled: true}, {name: dp2, enabled: true}, {name: dp3, enabled: true}]";

    private static readonly Fleet Fleet = SomeFleet.Of(3) with
    {
        Labels = [Label("one", ("dp1", 1)), Label("two", ("dp2", 0.5), ("dp3", 0.5)), Label("three", ("dp3", 1))],
    };

    [Test]
    public void The_cluster_is_disabled_and_its_weight_moves() =>
        Assert.That(
            Compose("dp2", Clusters, "one: [{id: dp1, weight: 1}], two: [{id: dp2, weight: 0.5}, {id: dp3, weight: 0.5}]"),
            Is.EqualTo("dp1=true dp2=false dp3=true | one: dp1 1 | two: dp3 1")
        );

    [Test]
    public void What_an_earlier_drain_has_moved_stays_although_the_fleet_file_still_says_otherwise() =>
        Assert.That(
            Compose(
                "dp2",
                Clusters.Replace("dp3, enabled: true", "dp3, enabled: false", StringComparison.Ordinal),
                "three: [{id: dp1, weight: 1}], two: [{id: dp2, weight: 1}]",
                "two=dp1"
            ),
            Is.EqualTo("dp1=true dp2=false dp3=false | three: dp1 1 | two: dp1 1")
        );

    [Test]
    public void Weights_are_taken_from_what_is_live() =>
        Assert.That(
            Compose("dp2", Clusters, "two: [{id: dp1, weight: 0.2}, {id: dp2, weight: 0.2}, {id: dp3, weight: 0.6}]"),
            Is.EqualTo("dp1=true dp2=false dp3=true | two: dp1 0.25, dp3 0.75")
        );

    [Test]
    public void Weights_that_the_fleet_already_gives_without_it_are_taken() =>
        Assert.That(Compose("dp2", Clusters, "one: [{id: dp2, weight: 1}]"), Is.EqualTo("dp1=true dp2=false dp3=true | one: dp1 1"));

    [Test]
    public void Another_fleets_label_gives_its_weight_to_its_other_clusters_too() =>
        Assert.That(
            Compose("dp2", Clusters, "others: [{id: dp2, weight: 0.9}, {id: dp9, weight: 0.1}]", clusters: "dp9"),
            Is.EqualTo("dp1=true dp2=false dp3=true dp9=true | others: dp9 1")
        );

    [Test]
    public void A_label_that_would_be_empty_is_refused() =>
        Assert.That(
            () => Compose("dp2", Clusters, "others: [{id: dp2, weight: 1}]"),
            Throws.TypeOf<RefusedException>().With.Property("Problems").One.With.Property("Place").EqualTo("label others")
        );

    [Test]
    public void A_removal_takes_the_entry_out() =>
        Assert.That(Compose("dp2", Clusters, "one: [{id: dp1, weight: 1}]", isRemoval: true), Is.EqualTo("dp1=true dp3=true | one: dp1 1"));

    private static string Compose(string drained, string entries, string labels, string? move = null, string? clusters = null, bool isRemoval = false)
    {
        var moves = move is null ? [] : new Dictionary<string, string>(StringComparer.Ordinal) { [move.Split('=')[0]] = move.Split('=')[1] };
        var drain = new FleetDrain(Fleet, [drained], moves) { IsRemoval = isRemoval };
        var all = clusters is null ? entries : $"{entries[..^1]}, {{name: {clusters}, enabled: true}}]";
        var live = new HelmValues().Parse($"configmap: {{clusters: {{clusterConfigs: {all}, labelClusterMap: {{{labels}}}}}}}", "live.yaml");
        var composed = new OverrideComposer(drain.Drained(), new Dictionary<string, string>(StringComparer.Ordinal), drain: drain).Compose([live], []);
        var section = composed.Values["configmap"]!["clusters"]!;
        return string.Join(' ', section["clusterConfigs"]!.AsArray().Select(entry => $"{entry!["name"]}={entry["enabled"]?.ToJsonString()}"))
            + string.Concat(section["labelClusterMap"]!.AsObject().Select(label => $" | {label.Key}: {Members(label.Value!)}"));
    }

    private static string Members(JsonNode label) => string.Join(", ", label.AsArray().Select(member => $"{member!["id"]} {member["weight"]?.ToJsonString()}"));

    private static ClusterLabel Label(string name, params (string Id, double Weight)[] members) =>
        new(name, [.. members.Select(member => new WeightedCluster(member.Id, member.Weight))]);
}
