using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Patching;
using Flyte.MultiCluster.Sandbox.Store;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Patching;

public sealed class StrategicMergeTests
{
    private const string Pod = """
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","finalizers":["a","b"]},
         "spec":{"containers":[{"name":"a","image":"a:1","env":[{"name":"X","value":"1"}],"args":["1"]},{"name":"b","image":"b:1"}],
         "volumes":[{"name":"v","emptyDir":{}}],"tolerations":[{"key":"t"}],"nodeSelector":{"x":"y"}}}
        """;

    [Test]
    public void Containers_merge_by_name()
    {
        var result = Patch("""{"spec":{"containers":[{"name":"b","image":"b:2"}]}}""");
        Assert.That(result["spec"]!["containers"]![1], Json.Is("""{"name":"b","image":"b:2"}"""));
    }

    [Test]
    public void Environment_variables_merge_by_name_and_arguments_are_replaced()
    {
        var result = Patch("""{"spec":{"containers":[{"name":"a","env":[{"name":"X","value":"2"}],"args":["2"]}]}}""");
        Assert.That(result["spec"]!["containers"]![0], Json.Is("""{"name":"a","image":"a:1","env":[{"name":"X","value":"2"}],"args":["2"]}"""));
    }

    [Test]
    public void A_null_deletes_a_field()
    {
        var result = Patch("""{"spec":{"nodeSelector":{"x":null},"tolerations":null}}""");
        Assert.That(result["spec"]!.AsObject().ContainsKey("tolerations") || result["spec"]!["nodeSelector"]!.AsObject().ContainsKey("x"), Is.False);
    }

    [Test]
    public void A_list_without_merge_key_is_replaced() =>
        Assert.That(Patch("""{"spec":{"tolerations":[{"key":"u"}]}}""")["spec"]!["tolerations"], Json.Is("""[{"key":"u"}]"""));

    [Test]
    public void A_delete_directive_removes_the_item() =>
        Assert.That(Names(Patch("""{"spec":{"containers":[{"name":"a","$patch":"delete"}]}}""")), Is.EqualTo(new[] { "b" }));

    [Test]
    public void A_replace_directive_in_a_list_replaces_it() =>
        Assert.That(Names(Patch("""{"spec":{"containers":[{"name":"c"},{"$patch":"replace"}]}}""")), Is.EqualTo(new[] { "c" }));

    [Test]
    public void A_replace_directive_in_a_map_replaces_it() =>
        Assert.That(Patch("""{"spec":{"nodeSelector":{"$patch":"replace","k":"v"}}}""")["spec"]!["nodeSelector"], Json.Is("""{"k":"v"}"""));

    [Test]
    public void A_delete_directive_in_a_map_empties_it() =>
        Assert.That(Patch("""{"spec":{"nodeSelector":{"$patch":"delete"}}}""")["spec"]!["nodeSelector"], Json.Is("{}"));

    [Test]
    public void Retained_keys_drop_all_others()
    {
        var result = Patch("""{"spec":{"volumes":[{"name":"v","$retainKeys":["name","secret"],"secret":{"secretName":"s"}}]}}""");
        Assert.That(result["spec"]!["volumes"], Json.Is("""[{"name":"v","secret":{"secretName":"s"}}]"""));
    }

    [Test]
    public void Primitives_are_added_to_and_deleted_from_a_set()
    {
        var result = Patch("""{"metadata":{"$deleteFromPrimitiveList/finalizers":["a"],"$setElementOrder/finalizers":["b","c"],"finalizers":["c"]}}""");
        Assert.That(result["metadata"]!["finalizers"], Json.Is("""["b","c"]"""));
    }

    [Test]
    public void The_element_order_orders_old_and_new_items()
    {
        var result = Patch("""{"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"c"},{"name":"a"}],"containers":[{"name":"c","image":"c:1"}]}}""");
        Assert.That(Names(result), Is.EqualTo(new[] { "b", "c", "a" }));
    }

    [Test]
    public void New_items_without_an_order_come_first() =>
        Assert.That(Names(Patch("""{"spec":{"containers":[{"name":"c","image":"c:1"}]}}""")), Is.EqualTo(new[] { "c", "a", "b" }));

    [Test]
    public void Quantities_are_stored_in_canonical_form()
    {
        var result = Patch(
            """{"spec":{"containers":[{"name":"b","resources":{"limits":{"cpu":1,"memory":"0.5Gi"},"requests":{"cpu":"1500m","memory":"1000k"}}}]}}"""
        );
        Assert.That(
            result["spec"]!["containers"]![1]!["resources"],
            Json.Is("""{"limits":{"cpu":"1","memory":"512Mi"},"requests":{"cpu":"1500m","memory":"1M"}}""")
        );
    }

    [Test]
    public void An_item_without_its_merge_key_is_refused()
    {
        var error = Assert.Throws<ApiException>(() => Patch("""{"spec":{"containers":[{"image":"x"}]}}"""))!;
        Assert.That(error.Code, Is.EqualTo(422));
    }

    [TestCase("""{"spec":{"nodeSelector":{"$patch":"bogus"}}}""")]
    [TestCase("""{"spec":{"containers":[{"name":"a","$patch":"bogus"}]}}""")]
    [TestCase("""{"spec":{"$retainKeys":["volumes"],"containers":[]}}""")]
    [TestCase("""{"metadata":{"$deleteFromPrimitiveList/finalizers":"a"}}""")]
    [TestCase("""{"spec":{"$setElementOrder/containers":[{"name":"a"}],"containers":[{"name":"b"}]}}""")]
    public void A_malformed_patch_is_a_bad_request(string patch)
    {
        var error = Assert.Throws<ApiException>(() => Patch(patch))!;
        Assert.That((error.Code, error.Reason), Is.EqualTo((400, "BadRequest")));
    }

    [Test]
    public void A_custom_resource_takes_no_strategic_merge_patch()
    {
        var error = Assert.Throws<ApiException>(() => new Patches().StrategicMerge("flyte.lyft.com", "FlyteWorkflow", [], []))!;
        Assert.That((error.Code, error.Reason), Is.EqualTo((415, "UnsupportedMediaType")));
    }

    [Test]
    public void The_inputs_are_not_changed()
    {
        var live = Json.Object(Pod);
        var patch = Json.Object("""{"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}],"containers":[{"name":"b","$retainKeys":["name"]}]}}""");
        var copies = (live.ToJsonString(), patch.ToJsonString());
        new Patches().StrategicMerge("", "Pod", live, patch);
        Assert.That((live.ToJsonString(), patch.ToJsonString()), Is.EqualTo(copies));
    }

    private static JsonObject Patch(string patch) => new Patches().StrategicMerge("", "Pod", Json.Object(Pod), Json.Object(patch));

    private static IEnumerable<string> Names(JsonObject pod) => pod["spec"]!["containers"]!.AsArray().Select(container => (string)container!["name"]!);
}
