using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Patching;
using NUnit.Framework;
using static Flyte.MultiCluster.Tests.Sandbox.Patching.Objects;

namespace Flyte.MultiCluster.Tests.Sandbox.Patching;

public sealed class TrackTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, 900, TimeSpan.Zero);

    private static readonly DateTimeOffset Later = Noon.AddMinutes(1);

    private readonly ManagedFields fields = new();

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
        Assert.That(
            live["metadata"]!["managedFields"]![1],
            Json.Is(
                """{"manager":"u","operation":"Update","apiVersion":"apps/v1","time":"2026-11-20T12:01:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:status":{"f:replicas":{}}},"subresource":"status"}"""
            )
        );
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
            Assert.That(
                stored["spec"]!["template"]!["spec"]!["containers"]![0],
                Json.Is("""{"name":"c","resources":{"limits":{"cpu":"500m"},"requests":{"cpu":"2"}}}""")
            );
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

    [TestCase("""[{"manager":"m","operation":"Bogus","fieldsV1":{}}]""")]
    [TestCase("""[{"manager":1,"operation":"Apply","fieldsV1":{}}]""")]
    [TestCase("""[{"manager":"m","operation":"Apply","fieldsV1":{"x":{}}}]""")]
    [TestCase("""[{"manager":"m","operation":"Apply","fieldsV1":{"k:{":{}}}]""")]
    [TestCase("""[null]""")]
    public void Written_managers_that_cannot_be_read_are_ignored(string managers)
    {
        var live = Apply(null, Config(("k", "1")), "a");
        var after = live.DeepClone().AsObject();
        after["metadata"]!["managedFields"] = JsonNode.Parse(managers);
        Assert.That(fields.Track(live, after, "u", Later), Json.Is(live));
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

    private JsonObject Apply(JsonObject? live, JsonObject config, string manager, bool force = false) => fields.Apply(live, config, manager, force, Noon);
}
