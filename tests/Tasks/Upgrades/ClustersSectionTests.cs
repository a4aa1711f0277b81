using System.Text.Json.Nodes;
using Flyte.MultiCluster.Tasks.Upgrades;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.Upgrades;

/// <summary>How the clusters and labels of two revisions differ.</summary>
internal sealed class ClustersSectionTests
{
    private const string One =
        """{"clusterConfigs": [{"name": "dp1", "endpoint": "https://a", "enabled": true}], "labelClusterMap": {"l1": [{"id": "dp1", "weight": 1}]}}""";

    [Test]
    public void The_same_are_the_same() => Assert.That(Changed(One, One), Is.Empty);

    [TestCase("https://a", "https://b", "cluster dp1")]
    [TestCase("true", "false", "cluster dp1")]
    [TestCase("\"weight\": 1", "\"weight\": 0.5", "label l1")]
    [TestCase("dp1", "dp2", "cluster dp1, cluster dp2, label l1")]
    [TestCase("\"l1\"", "\"l2\"", "label l1, label l2")]
    public void A_change_of_one_is_named(string before, string after, string changed) =>
        Assert.That(string.Join(", ", Changed(One, One.Replace(before, after, StringComparison.Ordinal))), Is.EqualTo(changed));

    [Test]
    public void The_default_label_counts()
    {
        var with = With("l1");
        Assert.That(Changed(with, One), Is.EqualTo(new[] { "default label l1" }));
        Assert.That(Changed(One, with), Is.EqualTo(new[] { "default label l1" }));
        Assert.That(Changed(with, With("l2")), Is.EqualTo(new[] { "default label l1" }));
        Assert.That(ClustersSection.Lost(Values(with), Values(One)), Is.EqualTo(new[] { "default label l1" }));
    }

    private static string With(string label) => $"{One.TrimEnd('}')}}}, \"defaultExecutionLabel\": \"{label}\"}}";

    private static IReadOnlyList<string> Changed(string from, string to) => ClustersSection.Changed(Values(from), Values(to));

    private static JsonObject Values(string section) => new() { ["configmap"] = new JsonObject { ["clusters"] = JsonNode.Parse(section) } };
}
