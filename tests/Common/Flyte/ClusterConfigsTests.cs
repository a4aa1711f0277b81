using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Values;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Flyte;

/// <summary>Where flyteadmin's configuration lets an execution land.</summary>
internal sealed class ClusterConfigsTests
{
    private static readonly ClusterConfigs Configuration = ClusterConfigs.Parse(
        new HelmValues(),
        """
        clusters:
          clusterConfigs:
          - {name: a, endpoint: "https://a:6443", enabled: true, auth: {tokenPath: /t/a, certPath: /c/a}}
          - {name: b, endpoint: "https://b:6443", enabled: true}
          - {name: c, endpoint: "https://c:6443", enabled: false}
          - {name: d, enabled: true, inCluster: true}
          labelClusterMap:
            one: [{id: a, weight: 1}]
            Two: [{id: a, weight: 0.5}, {id: b, weight: 0.5}]
            idle: [{id: a, weight: 1}, {id: b, weight: 0}]
            zero: [{id: a, weight: 0}, {id: b, weight: 0}]
            off: [{id: c, weight: 1}]
            gone: [{id: x, weight: 1}]
          defaultExecutionLabel: two
        """
    );

    [TestCase("one", "a")]
    [TestCase("two", "a b")]
    [TestCase("idle", "a")]
    [TestCase("zero", "a b")]
    [TestCase("off", "a b")]
    [TestCase("gone", "a b")]
    [TestCase("typo", "a b")]
    [TestCase(null, "a b")]
    public void A_label_leads_to_its_enabled_clusters_else_to_the_default_labels(string? label, string clusters) =>
        Assert.That(string.Join(' ', Configuration.Allowed(label)), Is.EqualTo(clusters));

    [Test]
    public void Without_a_default_label_an_unknown_one_leads_anywhere() =>
        Assert.That((Configuration with { DefaultLabel = null }).Allowed("typo"), Is.EqualTo(new[] { "a", "b", "d" }));

    [TestCase("one", true)]
    [TestCase("off", false)]
    [TestCase("typo", false)]
    public void A_label_leads_somewhere_of_its_own_only_with_an_enabled_cluster(string label, bool leads) =>
        Assert.That(Configuration.HasEnabledCluster(label), Is.EqualTo(leads));

    [Test]
    public void An_entry_is_read_with_its_files() =>
        Assert.That(Configuration.Clusters[0], Is.EqualTo(new ClusterEntry("a", "https://a:6443", true, false, "/t/a", "/c/a")));
}
