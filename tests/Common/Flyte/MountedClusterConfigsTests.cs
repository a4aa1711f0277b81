using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Values;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Flyte;

/// <summary>Where an overlay's <c>clusters</c> section is found.</summary>
[TestFixture]
public sealed class MountedClusterConfigsTests
{
    private static readonly HelmValues Values = new();

    [Test]
    public void A_Deployments_ConfigMaps_are_those_of_its_volumes_and_its_environment()
    {
        var deployment = Json(
            """
            {"spec": {"template": {"spec": {
              "volumes": [{"configMap": {"name": "plain"}}, {"projected": {"sources": [{"configMap": {"name": "projected"}}, {"secret": {"name": "none"}}]}}],
              "containers": [{"envFrom": [{"configMapRef": {"name": "from"}}], "env": [{"valueFrom": {"configMapKeyRef": {"name": "plain", "key": "k"}}}]}]}}}}
            """
        );

        Assert.That(MountedClusterConfigs.ConfigMaps(deployment), Is.EquivalentTo(new[] { "plain", "projected", "from" }));
    }

    [TestCase("clusters:\n  clusterConfigs: [{name: a}]\n")]
    [TestCase("server: {}\nclusters:\n- name: a\n")]
    public void The_section_is_found_as_a_mapping_or_as_the_guides_list(string text)
    {
        var (key, section) = MountedClusterConfigs.Find(Map(("other.yaml", "a: b"), ("flyteadmin_config.yaml", text)), Values)!.Value;

        Assert.That(key, Is.EqualTo("flyteadmin_config.yaml"));
        Assert.That((string?)section["clusterConfigs"]![0]!["name"], Is.EqualTo("a"));
    }

    [TestCase("a: {clusters: {}}")]
    [TestCase("# clusters: none")]
    public void A_text_without_the_section_has_none(string text) => Assert.That(MountedClusterConfigs.Find(Map(("a.yaml", text)), Values), Is.Null);

    [Test]
    public void What_stands_beside_the_section_stays()
    {
        var map = Map(("a.yaml", "server: {port: 1}\nclusters: {}\n"));

        MountedClusterConfigs.Write(map, "a.yaml", Json("""{"clusterConfigs": [{"name": "b"}]}"""), Values);

        Assert.That(Values.Parse((string)map["data"]!["a.yaml"]!, "a.yaml").ToJsonString(), Does.Contain("\"port\":1").And.Contain("\"name\":\"b\""));
    }

    private static JsonObject Map(params (string Key, string Text)[] data) =>
        new() { ["data"] = new JsonObject(data.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Text))) };

    private static JsonObject Json(string text) => (JsonObject)JsonNode.Parse(text)!;
}
