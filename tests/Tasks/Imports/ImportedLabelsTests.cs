using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Tasks.Imports;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.Imports;

/// <summary>Labels that a fleet can have.</summary>
internal sealed class ImportedLabelsTests
{
    private static readonly Dictionary<string, bool> Enabled = new(StringComparer.Ordinal)
    {
        ["a"] = true,
        ["b"] = true,
        ["off"] = false,
    };

    [TestCase("""[{"id": "a", "weight": 1}]""", "a 1", null)]
    [TestCase("""[{"id": "a", "weight": 0.25}, {"id": "b", "weight": 0.75}]""", "a 0.25, b 0.75", null)]
    [TestCase("""[{"id": "a", "weight": 0.5}]""", "a 1", "the weights were 0.5")]
    [TestCase("""[{"id": "a", "weight": 0}, {"id": "b", "weight": 0}]""", "a 0.5, b 0.5", "the weights were 0, 0")]
    [TestCase("""[{"id": "a", "weight": 0.5}, {"id": "nobody", "weight": 0.5}]""", "a 1", "without nobody, which clusterConfigs does not have")]
    [TestCase("""[{"id": "a", "weight": 0.5}, {"id": "off", "weight": 0.5}]""", "a 1", "without off, which is disabled")]
    public void Their_weights_sum_to_1_over_enabled_clusters(string members, string expected, string? doubt)
    {
        var labels = Read($$"""{"labelClusterMap": {"label1": {{members}} } }""");

        var label = labels.Labels.Single();
        Assert.That(string.Join(", ", label.Clusters.Select(member => $"{member.Id} {ImportedLabels.Weight(member.Weight)}")), Is.EqualTo(expected));
        Assert.That(labels.Doubts.GetValueOrDefault("label1"), Is.EqualTo(doubt));
    }

    [Test]
    public void A_label_of_no_enabled_cluster_is_left_out_and_one_is_made_as_there_must_be_one()
    {
        var labels = Read("""{"labelClusterMap": {"project1": [{"id": "off", "weight": 1}]}, "defaultExecutionLabel": "project1"}""");

        Assert.That(labels.LeftOut.Keys, Is.EqualTo(new[] { "project1" }));
        Assert.That(labels.Labels.Select(label => $"{label.Name} {label.Clusters.Single().Id}"), Is.EqualTo(new[] { "label1 a" }));
        Assert.That((labels.Default, labels.DefaultLeftOut), Is.EqualTo(((string?)null, "project1")));
    }

    private static ImportedLabels Read(string section) => new(ClusterConfigs.Of((JsonObject)JsonNode.Parse(section)!), Enabled);
}
