using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Install.Helm;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Install.Helm;

/// <summary>Who owns which fields, held against a manifest.</summary>
internal sealed class ManagedFieldsTests
{
    private static readonly JsonObject Manifest = (JsonObject)
        JsonNode.Parse(
            """
            {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d", "labels": {"a.b/c": "x"}},
             "data": {"admin.yaml": "text"},
             "spec": {"replicas": 1, "set": ["one"], "ports": [{"port": 80, "name": "http"}],
                      "template": {"spec": {"containers": [{"name": "main", "image": "i", "env": [{"name": "E", "value": "v"}]}]}}}}
            """
        )!;

    [TestCase(".spec.replicas", true)]
    [TestCase(".spec.paused", false)]
    [TestCase(".spec.replicasets", false)]
    [TestCase(".data.admin.yaml", true)]
    [TestCase(".data.admin", false)]
    [TestCase(".metadata.labels.a.b/c", true)]
    [TestCase(".spec.template.spec.containers[name=\"main\"].image", true)]
    [TestCase(".spec.template.spec.containers[name=\"main\"].env[name=\"E\"].value", true)]
    [TestCase(".spec.template.spec.containers[name=\"main\"].env[name=\"F\"].value", false)]
    [TestCase(".spec.template.spec.containers[name=\"other\"].image", false)]
    [TestCase(".spec.ports[port=80,protocol=\"TCP\"].name", true)]
    [TestCase(".spec.ports[port=81,protocol=\"TCP\"].name", false)]
    [TestCase(".spec.set[=\"one\"]", true)]
    [TestCase(".spec.set[=\"two\"]", false)]
    public void A_manifest_sets_the_field_of_a_conflict_or_not(string field, bool sets) => Assert.That(ManagedFields.Sets(Manifest, field), Is.EqualTo(sets));

    [TestCase("kubectl", "Update", "scale", """{"f:spec": {"f:replicas": {}}}""", true)]
    [TestCase(
        "kubectl",
        "Apply",
        null,
        """{"f:spec": {"f:template": {"f:spec": {"f:containers": {"k:{\"name\":\"main\"}": {".": {}, "f:image": {}}}}}}}""",
        true
    )]
    [TestCase(
        "kubectl",
        "Apply",
        null,
        """{"f:spec": {"f:template": {"f:spec": {"f:containers": {"k:{\"name\":\"side\"}": {".": {}, "f:image": {}}}}}}}""",
        false
    )]
    [TestCase("kubectl", "Apply", null, """{"f:spec": {"f:ports": {"k:{\"port\":80,\"protocol\":\"TCP\"}": {"f:name": {}}}}}""", true)]
    [TestCase("kubectl", "Apply", null, """{"f:spec": {"f:set": {"v:\"one\"": {}}}}""", true)]
    [TestCase("kubectl", "Apply", null, """{"f:spec": {"f:set": {"v:\"two\"": {}}}}""", false)]
    [TestCase("kubectl", "Update", null, """{"f:metadata": {"f:annotations": {"f:mine": {}}}}""", false)]
    [TestCase("helm", "Update", null, """{"f:spec": {"f:replicas": {}}}""", true)]
    [TestCase("helm", "Apply", null, """{"f:spec": {"f:replicas": {}}}""", false)]
    [TestCase("kube-controller-manager", "Update", "status", """{"f:spec": {"f:replicas": {}}}""", false)]
    public void Fields_of_others_that_the_manifest_sets_are_found(string manager, string operation, string? subresource, string fields, bool expected)
    {
        var live = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["managedFields"] = new JsonArray(
                    new JsonObject
                    {
                        ["manager"] = manager,
                        ["operation"] = operation,
                        ["subresource"] = subresource,
                        ["fieldsV1"] = JsonNode.Parse(fields),
                    }
                ),
            },
        };

        Assert.That(ManagedFields.AreOfOthers(live, Manifest), Is.EqualTo(expected));
    }
}
