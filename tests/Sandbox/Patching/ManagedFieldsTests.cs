using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Patching;
using Flyte.MultiCluster.Sandbox.Store;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Patching;

public sealed class ManagedFieldsTests
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
            Is.EqualTo("Apply failed with 3 conflicts: conflicts with \"a\":\n- .data.k\n- .data.l\nconflicts with \"u\" using v1:\n- .data.m"));
    }

    [Test]
    public void A_conflict_in_a_list_names_the_item_by_its_keys()
    {
        var live = Apply(null, Deployment("""{"name":"c","ports":[{"containerPort":80,"name":"http"}]}"""), "a");
        var error = Assert.Throws<ApiException>(() => Apply(live, Deployment("""{"name":"c","ports":[{"containerPort":80,"name":"web"}]}"""), "b"))!;
        Assert.That(
            (string)error.Details!["causes"]![0]!["field"]!,
            Is.EqualTo(".spec.template.spec.containers[name=\"c\"].ports[containerPort=80,protocol=\"TCP\"].name"));
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
    public void An_update_takes_what_it_changes_from_the_applier()
    {
        var live = Apply(null, Config(("k", "1"), ("l", "1")), "a");
        live = fields.Track(live, With(live, ("k", "2")), "u", Later);
        Assert.That((string.Join(',', Owners(live, "data", "k")), string.Join(',', Owners(live, "data", "l"))), Is.EqualTo(("u", "a")));
    }

    [Test]
    public void An_update_that_changes_nothing_is_no_change()
    {
        var live = fields.Track(null, Config(("k", "1")), "u", Noon);
        Assert.That(fields.Track(live, live, "v", Later), Json.Is(live));
    }

    [Test]
    public void A_removed_field_leaves_every_manager()
    {
        var live = Apply(Apply(null, Config(("k", "1")), "a"), Config(("k", "1")), "b");
        var after = live.DeepClone().AsObject();
        after["data"]!.AsObject().Remove("k");
        Assert.That(Owners(fields.Track(live, after, "u", Later), "data", "k"), Is.Empty);
    }

    [Test]
    public void Later_updates_of_a_manager_join_its_entry()
    {
        var live = fields.Track(null, Config(("k", "1")), "u", Noon);
        live = fields.Track(live, With(live, ("l", "1")), "u", Later);
        Assert.That(Times(live), Is.EqualTo(new[] { "u 2026-11-20T12:01:00Z" }));
    }

    [Test]
    public void A_status_write_has_an_entry_of_its_own()
    {
        var live = fields.Track(null, Deployment("""{"name":"c"}"""), "u", Noon);
        var after = live.DeepClone().AsObject();
        after["status"] = Json.Object("""{"replicas":1}""");
        live = fields.Track(live, after, "u", Later, "status");
        Assert.That(live["metadata"]!["managedFields"]![1], Json.Is(
            """{"manager":"u","operation":"Update","apiVersion":"apps/v1","time":"2026-11-20T12:01:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:status":{"f:replicas":{}}},"subresource":"status"}"""));
    }

    [Test]
    public void A_reset_forgets_all_managers_and_the_next_apply_starts_anew()
    {
        var live = Apply(null, Config(("k", "1")), "a");
        var reset = live.DeepClone().AsObject();
        reset["metadata"]!["managedFields"] = JsonNode.Parse("[{}]");
        var forgotten = fields.Track(live, reset, "u", Later);
        var applied = fields.Apply(forgotten, Config(("l", "1")), "b", force: false, Later);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(forgotten["metadata"]!.AsObject().ContainsKey("managedFields"), Is.False);
            Assert.That(Owners(applied, "data", "k"), Is.EqualTo(new[] { "before-first-apply" }));
            Assert.That(Owners(applied, "data", "l"), Is.EqualTo(new[] { "b" }));
        }
    }

    [Test]
    public void An_emptied_list_of_managers_keeps_the_stored_ones()
    {
        var live = Apply(null, Config(("k", "1")), "a");
        var emptied = live.DeepClone().AsObject();
        emptied["metadata"]!["managedFields"] = new JsonArray();
        Assert.That(fields.Track(live, emptied, "u", Later), Json.Is(live));
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
        var workflow = Json.Object("""{"apiVersion":"flyte.lyft.com/v1alpha1","kind":"FlyteWorkflow","metadata":{"name":"w","labels":{"l":"1"}},"spec":{"nodes":{"n":{"id":"n"}},"list":[{"a":1}]}}""");
        var live = Apply(null, workflow, "a");
        Assert.That(live["metadata"]!["managedFields"]![0]!["fieldsV1"], Json.Is(
            """{"f:metadata":{"f:labels":{"f:l":{}}},"f:spec":{".":{},"f:list":{},"f:nodes":{".":{},"f:n":{".":{},"f:id":{}}}}}"""));
    }

    [TestCase("""{"name":"c","env":[{"name":"X"},{"name":"X"}]}""", ".env: duplicate entries for key [name=\"X\"]")]
    [TestCase("""{"name":"c","env":[{"value":"1"}]}""", ".env: element 0: associative list with keys has an element that omits key field \"name\" (and doesn't have default value)")]
    public void A_list_that_cannot_be_merged_is_refused(string container, string problem)
    {
        var error = Assert.Throws<ApiException>(() => Apply(null, Deployment(container), "a"))!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(error.Code, Is.EqualTo(500));
            Assert.That(error.Message, Is.EqualTo("failed to create typed patch object (/d; apps/v1, Kind=Deployment): .spec.template.spec.containers[name=\"c\"]" + problem));
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
    public void The_oldest_of_more_than_ten_updaters_are_joined()
    {
        var live = fields.Track(null, Config(("k0", "1")), "u0", Noon);
        for (var i = 1; i < 12; i++)
            live = fields.Track(live, With(live, ("k" + i, "1")), "u" + i, Noon.AddMinutes(i));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Times(live).Count(), Is.EqualTo(10));
            Assert.That(Times(live).First(), Is.EqualTo("ancient-changes 2026-11-20T12:02:00Z"));
            Assert.That(Owners(live, "data", "k0").Concat(Owners(live, "data", "k2")), Is.All.EqualTo("ancient-changes"));
        }
    }

    [Test]
    public void An_object_is_stored_without_nulls_and_empty_maps_and_with_canonical_quantities()
    {
        var created = Deployment("""{"name":"c","env":[],"command":null,"resources":{"limits":{"cpu":0.5},"requests":{"cpu":"2000m"}}}""");
        created["metadata"]!["labels"] = Json.Object("""{"l":null}""");
        created["metadata"]!["annotations"] = new JsonObject();
        var stored = fields.Track(null, created, "u", Noon);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(stored["spec"]!["template"]!["spec"]!["containers"]![0], Json.Is("""{"name":"c","resources":{"limits":{"cpu":"500m"},"requests":{"cpu":"2"}}}"""));
            Assert.That(stored["metadata"]!["labels"], Json.Is("""{"l":""}"""));
            Assert.That(stored["metadata"]!.AsObject().ContainsKey("annotations"), Is.False);
        }
    }

    [Test]
    public void A_written_subresource_cannot_rewrite_managers()
    {
        var live = fields.Track(null, Deployment("""{"name":"c"}"""), "u", Noon);
        var after = live.DeepClone().AsObject();
        after["metadata"]!["managedFields"]![0]!["manager"] = "forged";
        Assert.That(fields.Track(live, after, "v", Later, "status"), Json.Is(live));
    }

    [Test]
    public void The_spec_in_a_status_write_is_not_owned()
    {
        var live = fields.Track(null, Deployment("""{"name":"c"}"""), "u", Noon);
        var after = live.DeepClone().AsObject();
        after["spec"]!["replicas"] = 3;
        Assert.That(Times(fields.Track(live, after, "v", Later, "status")), Is.EqualTo(new[] { "u 2026-11-20T12:00:00Z" }));
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

    [Test]
    public void Times_are_kept_when_only_they_and_the_resourceVersion_differ()
    {
        var live = Apply(null, Config(("k", "1")), "a");
        live["metadata"]!["resourceVersion"] = "7";
        var next = live.DeepClone().AsObject();
        next["metadata"]!["resourceVersion"] = "8";
        next["metadata"]!["managedFields"]![0]!["time"] = "2027-01-01T00:00:00Z";
        Assert.That(ManagedFields.KeepTimes(live, next), Json.Is(live));
    }

    private static JsonObject Config(params (string, string)[] pairs) => Some.ConfigMap(pairs);

    private static JsonObject Deployment(params string[] containers)
    {
        var deployment = Json.Object("""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"template":{"spec":{}}}}""");
        deployment["spec"]!["template"]!["spec"]!["containers"] = new JsonArray([.. containers.Select(container => JsonNode.Parse(container))]);
        return deployment;
    }

    private static JsonObject With(JsonObject live, (string Key, string Value) pair)
    {
        var after = live.DeepClone().AsObject();
        after["data"]![pair.Key] = pair.Value;
        return after;
    }

    private static IEnumerable<string> Times(JsonObject live) =>
        live["metadata"]!["managedFields"]!.AsArray().Select(entry => $"{entry!["manager"]} {entry["time"]}");

    private static IEnumerable<string> Owners(JsonObject live, string map, string key) =>
        from entry in live["metadata"]?["managedFields"] as JsonArray ?? []
        where entry!["fieldsV1"]?["f:" + map]?["f:" + key] is not null
        select (string)entry!["manager"]!;

    private JsonObject Apply(JsonObject? live, JsonObject config, string manager, bool force = false) => fields.Apply(live, config, manager, force, Noon);
}
