using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Patching;
using Flyte.MultiCluster.Sandbox.Store;
using NUnit.Framework;
using static Flyte.MultiCluster.Tests.Sandbox.Patching.Objects;

namespace Flyte.MultiCluster.Tests.Sandbox.Patching;

public sealed class ApplyTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, 900, TimeSpan.Zero);

    private static readonly DateTimeOffset Later = Noon.AddMinutes(1);

    private readonly ManagedFields fields = new();

    [Test]
    public void An_unchanged_apply_leaves_the_time_as_it_was()
    {
        var live = Apply(null, Config(("k", "1")), "a");
        Assert.That(fields.Apply(live, Config(("k", "1")), "a", force: false, Later), Json.Is(live));
    }

    [Test]
    public void A_changed_value_moves_the_time_of_the_applier_alone()
    {
        var live = Apply(Apply(null, Config(("k", "1")), "a"), Config(("l", "1")), "b");
        live = fields.Apply(live, Config(("l", "2")), "b", force: false, Later);
        Assert.That(Times(live), Is.EqualTo(new[] { "a 2026-11-20T12:00:00Z", "b 2026-11-20T12:01:00Z" }));
    }

    [Test]
    public void Two_who_apply_the_same_value_both_own_it()
    {
        var live = Apply(Apply(null, Config(("k", "1")), "a"), Config(("k", "1")), "b");
        Assert.That(Owners(live, "data", "k"), Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public void A_forced_apply_takes_the_field_from_its_owner()
    {
        var live = Apply(Apply(null, Config(("k", "1")), "a"), Config(("k", "2")), "b", force: true);
        Assert.That(((string)live["data"]!["k"]!, string.Join(',', Owners(live, "data", "k"))), Is.EqualTo(("2", "b")));
    }

    [Test]
    public void Several_conflicts_are_listed_by_manager()
    {
        var live = Apply(null, Config(("k", "1"), ("l", "1")), "a");
        live = fields.Track(live, With(live, ("m", "1")), "u", Later);
        var error = Assert.Throws<ApiException>(() => Apply(live, Config(("k", "2"), ("l", "2"), ("m", "2")), "b"))!;
        Assert.That(
            error.Message,
            Is.EqualTo("Apply failed with 3 conflicts: conflicts with \"a\":\n- .data.k\n- .data.l\nconflicts with \"u\" using v1:\n- .data.m")
        );
    }

    [Test]
    public void A_conflict_in_a_list_names_the_item_by_its_keys()
    {
        var live = Apply(null, Deployment("""{"name":"c","ports":[{"containerPort":80,"name":"http"}]}"""), "a");
        var error = Assert.Throws<ApiException>(() => Apply(live, Deployment("""{"name":"c","ports":[{"containerPort":80,"name":"web"}]}"""), "b"))!;
        Assert.That(
            (string)error.Details!["causes"]![0]!["field"]!,
            Is.EqualTo(".spec.template.spec.containers[name=\"c\"].ports[containerPort=80,protocol=\"TCP\"].name")
        );
    }

    [Test]
    public void An_applier_that_no_longer_names_a_field_removes_it()
    {
        var live = Apply(Apply(null, Config(("k", "1"), ("l", "1")), "a"), Config(("l", "1")), "a");
        Assert.That(live["data"], Json.Is("""{"l":"1"}"""));
    }

    [Test]
    public void A_field_that_another_owns_stays_when_one_gives_it_up()
    {
        var live = Apply(Apply(null, Config(("k", "1")), "a"), Config(("k", "1")), "b");
        live = Apply(live, Config(), "a");
        Assert.That(live["data"], Json.Is("""{"k":"1"}"""));
    }

    [Test]
    public void A_list_item_given_up_goes_with_its_defaults()
    {
        var live = Apply(null, Deployment("""{"name":"c"}""", """{"name":"d"}"""), "a");
        live["spec"]!["template"]!["spec"]!["containers"]![1]!["imagePullPolicy"] = "Always";
        live = Apply(live, Deployment("""{"name":"c"}"""), "a");
        Assert.That(live["spec"]!["template"]!["spec"]!["containers"], Json.Is("""[{"name":"c"}]"""));
    }

    [Test]
    public void A_list_item_of_another_stays_in_its_place()
    {
        var live = Apply(Apply(null, Deployment("""{"name":"a"}""", """{"name":"c"}"""), "x"), Deployment("""{"name":"b"}"""), "y");
        live = Apply(live, Deployment("""{"name":"c"}""", """{"name":"d"}"""), "x");
        var names = live["spec"]!["template"]!["spec"]!["containers"]!.AsArray().Select(item => (string)item!["name"]!);
        Assert.That(names, Is.EquivalentTo(new[] { "b", "c", "d" }));
    }

    [Test]
    public void Kubectl_takes_over_what_it_applied_client_side()
    {
        var config = Config(("k", "1"));
        var created = config.DeepClone().AsObject();
        created["metadata"]!["annotations"] = new JsonObject { ["kubectl.kubernetes.io/last-applied-configuration"] = config.ToJsonString() };
        var live = fields.Track(null, created, "kubectl-client-side-apply", Noon);
        live = Apply(live, Config(("k", "2")), "kubectl");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((string)live["data"]!["k"]!, Is.EqualTo("2"));
            Assert.That((string)live["metadata"]!["annotations"]!["kubectl.kubernetes.io/last-applied-configuration"]!, Does.Contain("\"k\":\"2\""));
        }
    }

    [Test]
    public void A_custom_resource_owns_its_maps_and_its_lists_as_a_whole()
    {
        var workflow = Json.Object(
            """{"apiVersion":"flyte.lyft.com/v1alpha1","kind":"FlyteWorkflow","metadata":{"name":"w","labels":{"l":"1"}},"spec":{"nodes":{"n":{"id":"n"}},"list":[{"a":1}]}}"""
        );
        var live = Apply(null, workflow, "a");
        Assert.That(
            live["metadata"]!["managedFields"]![0]!["fieldsV1"],
            Json.Is("""{"f:metadata":{"f:labels":{"f:l":{}}},"f:spec":{".":{},"f:list":{},"f:nodes":{".":{},"f:n":{".":{},"f:id":{}}}}}""")
        );
    }

    [TestCase("""{"name":"c","env":[{"name":"X"},{"name":"X"}]}""", ".env: duplicate entries for key [name=\"X\"]")]
    [TestCase(
        """{"name":"c","env":[{"value":"1"}]}""",
        ".env: element 0: associative list with keys has an element that omits key field \"name\" (and doesn't have default value)"
    )]
    public void A_list_that_cannot_be_merged_is_refused(string container, string problem)
    {
        var error = Assert.Throws<ApiException>(() => Apply(null, Deployment(container), "a"))!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(error.Code, Is.EqualTo(500));
            Assert.That(
                error.Message,
                Is.EqualTo("failed to create typed patch object (/d; apps/v1, Kind=Deployment): .spec.template.spec.containers[name=\"c\"]" + problem)
            );
        }
    }

    [Test]
    public void A_stored_list_with_an_item_twice_survives_an_apply()
    {
        var live = fields.Track(null, Deployment("""{"name":"c","env":[{"name":"X","value":"1"},{"name":"X","value":"2"}]}"""), "u", Noon);
        live = Apply(live, Deployment("""{"name":"d"}"""), "a");
        Assert.That(live["spec"]!["template"]!["spec"]!["containers"]![0]!["env"]!.AsArray(), Has.Count.EqualTo(2));
    }

    [Test]
    public void The_inputs_are_not_changed()
    {
        var live = Apply(null, Config(("k", "1")), "a");
        var (after, applied) = (With(live, ("l", "1")), Config(("m", "1")));
        var copies = (live.ToJsonString(), after.ToJsonString(), applied.ToJsonString());
        fields.Track(live, after, "u", Later);
        Apply(live, applied, "a");
        Assert.That((live.ToJsonString(), after.ToJsonString(), applied.ToJsonString()), Is.EqualTo(copies));
    }

    private JsonObject Apply(JsonObject? live, JsonObject config, string manager, bool force = false) => fields.Apply(live, config, manager, force, Noon);
}
