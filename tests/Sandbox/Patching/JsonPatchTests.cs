using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Patching;
using Flyte.MultiCluster.Sandbox.Store;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Patching;

public sealed class JsonPatchTests
{
    [TestCase("""[{"op":"add","path":"/a","value":1}]""", """{"list":["x","y"],"a":1}""")]
    [TestCase("""[{"op":"add","path":"/list/1","value":"new"}]""", """{"list":["x","new","y"]}""")]
    [TestCase("""[{"op":"add","path":"/list/-","value":"new"}]""", """{"list":["x","y","new"]}""")]
    [TestCase("""[{"op":"remove","path":"/list/0"}]""", """{"list":["y"]}""")]
    [TestCase("""[{"op":"remove","path":"/list/-1"}]""", """{"list":["x"]}""")]
    [TestCase("""[{"op":"replace","path":"/list/1","value":"z"}]""", """{"list":["x","z"]}""")]
    [TestCase("""[{"op":"move","from":"/list","path":"/moved"}]""", """{"moved":["x","y"]}""")]
    [TestCase("""[{"op":"copy","from":"/list/0","path":"/a~1b~0c"}]""", """{"list":["x","y"],"a/b~c":"x"}""")]
    [TestCase("""[{"op":"test","path":"/list","value":["x","y"]},{"op":"remove","path":"/list"}]""", "{}")]
    [TestCase("""[{"op":"test","path":"/missing","value":null}]""", """{"list":["x","y"]}""")]
    [TestCase("""[{"op":"replace","path":"","value":{"b":2}}]""", """{"b":2}""")]
    public void An_operation_does_what_RFC_6902_says(string patch, string expected)
    {
        var result = new Patches().Json(Json.Object("""{"list":["x","y"]}"""), JsonNode.Parse(patch)!.AsArray());
        Assert.That(result, Json.Is(expected));
    }

    [TestCase("""[{"op":"remove","path":"/missing"}]""")]
    [TestCase("""[{"op":"replace","path":"/missing","value":1}]""")]
    [TestCase("""[{"op":"add","path":"/missing/x","value":1}]""")]
    [TestCase("""[{"op":"add","path":"/list/3","value":1}]""")]
    [TestCase("""[{"op":"add","path":"/list/x","value":1}]""")]
    [TestCase("""[{"op":"add","path":"/a"}]""")]
    [TestCase("""[{"op":"add","path":"a","value":1}]""")]
    [TestCase("""[{"op":"test","path":"/list/0","value":"y"}]""")]
    [TestCase("""[{"op":"replace","path":"","value":1}]""")]
    [TestCase("""[{"op":"bogus","path":"/a"}]""")]
    [TestCase("""["x"]""")]
    public void A_failing_operation_is_answered_422_Invalid(string patch)
    {
        var error = Assert.Throws<ApiException>(() => new Patches().Json(Json.Object("""{"list":["x","y"]}"""), JsonNode.Parse(patch)!.AsArray()))!;
        Assert.That((error.Code, error.Reason), Is.EqualTo((422, "Invalid")));
    }

    [Test]
    public void A_patch_changes_neither_the_object_nor_itself()
    {
        var live = Json.Object("""{"list":["x"]}""");
        var patch = JsonNode.Parse("""[{"op":"add","path":"/map","value":{"a":1}},{"op":"add","path":"/map/b","value":2}]""")!.AsArray();
        new Patches().Json(live, patch);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(live, Json.Is("""{"list":["x"]}"""));
            Assert.That(patch[0]!["value"], Json.Is("""{"a":1}"""));
        }
    }
}
