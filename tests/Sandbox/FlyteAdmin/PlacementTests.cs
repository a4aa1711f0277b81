using Flyte.MultiCluster.Sandbox.FlyteAdmin.Clusters;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.FlyteAdmin;

internal sealed class PlacementTests
{
    private const string Three = """
        clusterConfigs:
          - {name: dataplane_1, enabled: true}
          - {name: dataplane_2, enabled: true}
          - {name: dataplane_3, enabled: false}
        """;

    private static readonly string[] Enabled = ["dataplane_1", "dataplane_2"];

    [Test]
    public void The_label_of_the_spec_comes_before_the_attribute() =>
        Assert.That(
            Places("{label1: [{id: dataplane_1}], label2: [{id: dataplane_2}]}", spec: "label2", attribute: "label1"),
            Is.EqualTo(new[] { "dataplane_2" })
        );

    [Test]
    public void Without_one_the_attribute_decides() =>
        Assert.That(Places("{label1: [{id: dataplane_1}], label2: [{id: dataplane_2}]}", attribute: "label1"), Is.EqualTo(new[] { "dataplane_1" }));

    [Test]
    public void An_unknown_label_goes_to_the_default_label() =>
        Assert.That(Places("{label2: [{id: dataplane_2}]}", attribute: "typo", more: "defaultExecutionLabel: label2"), Is.EqualTo(new[] { "dataplane_2" }));

    [Test]
    public void Without_a_default_label_an_unknown_one_goes_to_any_enabled_cluster() =>
        Assert.That(Places("{label1: [{id: dataplane_1}]}", attribute: "typo"), Is.EqualTo(Enabled));

    [Test]
    public void A_label_of_disabled_clusters_alone_goes_to_any_enabled_cluster() =>
        Assert.That(Places("{label3: [{id: dataplane_3, weight: 1}]}", attribute: "label3"), Is.EqualTo(Enabled));

    [Test]
    public void A_disabled_cluster_of_a_label_is_never_chosen() =>
        Assert.That(Places("{both: [{id: dataplane_1, weight: 0.1}, {id: dataplane_3, weight: 0.9}]}", attribute: "both"), Is.EqualTo(new[] { "dataplane_1" }));

    [Test]
    public void Labels_are_lower_cased_when_they_are_read_and_never_when_they_are_asked_for()
    {
        const string labels = "{TeamA: [{id: dataplane_2}]}";

        Assert.That(Places(labels, attribute: "teama"), Is.EqualTo(new[] { "dataplane_2" }));
        Assert.That(Places(labels, attribute: "TeamA"), Is.EqualTo(Enabled));
    }

    [Test]
    public void Weights_are_shares()
    {
        var selector = Selector("{mixed: [{id: dataplane_1, weight: 0.2}, {id: dataplane_2, weight: 0.8}]}");

        var first = Enumerable.Range(0, 5000).Count(n => selector.Select("mixed", () => null, $"run-{n}") == "dataplane_1");

        Assert.That(first, Is.InRange(850, 1150));
    }

    [Test]
    public void A_weight_of_zero_is_chosen_only_where_all_are_zero()
    {
        Assert.That(Places("{l: [{id: dataplane_1, weight: 0}, {id: dataplane_2, weight: 0.5}]}", spec: "l"), Is.EqualTo(new[] { "dataplane_2" }));
        Assert.That(Places("{l: [{id: dataplane_1, weight: 0}, {id: dataplane_2, weight: 0}]}", spec: "l"), Is.EqualTo(Enabled));
    }

    [Test]
    public void An_execution_of_one_name_always_goes_to_the_same_cluster() =>
        Check.One(
            Config.QuickThrowOnFailure,
            Prop.ForAll(
                ArbMap.Default.ArbFor<NonNull<string>>(),
                name => Selector("{}").Select(null, () => null, name.Get) == Selector("{}").Select(null, () => null, name.Get)
            )
        );

    [TestCase("1.5")]
    [TestCase("-0.1")]
    public void A_weight_outside_of_zero_and_one_is_refused(string weight) =>
        Assert.That(
            () => Selector($"{{l: [{{id: dataplane_1, weight: {weight}}}]}}"),
            Throws.InstanceOf<FormatException>().With.Message.StartsWith("invalid weight")
        );

    [Test]
    public void Clusters_of_which_none_is_enabled_are_refused() =>
        Assert.That(
            () => new ClusterSelector(ClustersConfig.Parse("clusters: {clusterConfigs: [{name: a, enabled: false}]}")),
            Throws.InstanceOf<FormatException>().With.Message.EqualTo("entries is empty")
        );

    [Test]
    public void Without_clusters_everything_stays_with_flyteadmin_and_labels_are_refused()
    {
        var selector = new ClusterSelector(ClustersConfig.Parse("clusters: {clusterConfigs: []}"));

        Assert.That(selector.Select(null, () => "ignored", "run"), Is.Empty);
        Assert.That(
            () => selector.Select("label1", () => null, "run"),
            Throws.InvalidOperationException.With.Message.EqualTo("execution cluster label label1 is not supported")
        );
    }

    private static string[] Places(string labels, string? spec = null, string? attribute = null, string more = "")
    {
        var selector = Selector(labels, more);
        return
        [
            .. Enumerable
                .Range(0, 100)
                .Select(n => selector.Select(spec, () => attribute, $"run-{n}"))
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
    }

    private static ClusterSelector Selector(string labels, string more = "") =>
        new(ClustersConfig.Parse("clusters:\n  " + $"{Three}\nlabelClusterMap: {labels}\n{more}".Replace("\n", "\n  ", StringComparison.Ordinal)));
}
