using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Patching;
using Flyte.MultiCluster.Sandbox.Store;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Patching;

/// <summary>Holds the patching against what a real API server answered.</summary>
public sealed class RecordedWritesTests
{
    private static readonly ManagedFields Fields = new();

    private static IEnumerable<TestCaseData> Applies => RecordedCase.All("apply").Where(data => ((RecordedCase)data.Arguments[0]!).Status == 200);

    private static IEnumerable<TestCaseData> Conflicts => RecordedCase.All("apply").Where(data => ((RecordedCase)data.Arguments[0]!).Status == 409);

    private static IEnumerable<TestCaseData> CreatingApplies => RecordedCase.All("apply").Where(data => ((RecordedCase)data.Arguments[0]!).Status == 201);

    private static IEnumerable<TestCaseData> Creates => RecordedCase.All("create");

    private static IEnumerable<TestCaseData> StatusWrites => RecordedCase.All("status");

    private static IEnumerable<TestCaseData> Patches => RecordedCase.All("strategic", "json");

    [TestCaseSource(nameof(Applies))]
    public void An_apply_to_a_stored_object_answers_what_the_API_server_answered(object recorded)
    {
        var wire = (RecordedCase)recorded;
        var result = Fields.Apply(wire.Before, wire.Body!.AsObject(), wire.Manager, wire.Force, wire.Time);
        AssertSame(result, wire.After);
    }

    [TestCaseSource(nameof(CreatingApplies))]
    public void A_creating_apply_owns_what_the_API_server_says_it_owns(object recorded)
    {
        var wire = (RecordedCase)recorded;
        var result = Fields.Apply(null, wire.Body!.AsObject(), wire.Manager, wire.Force, wire.Time);
        AssertSame(ManagedFieldsOf(result, wire.Manager), ManagedFieldsOf(wire.After, wire.Manager));
    }

    [TestCaseSource(nameof(Conflicts))]
    public void A_conflict_is_reported_in_the_API_servers_words(object recorded)
    {
        var wire = (RecordedCase)recorded;
        var error = Assert.Throws<ApiException>(() => Fields.Apply(wire.Before, wire.Body!.AsObject(), wire.Manager, wire.Force, wire.Time))!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(error.Code, Is.EqualTo((int)wire.After["code"]!));
            Assert.That(error.Reason, Is.EqualTo((string)wire.After["reason"]!));
            Assert.That(error.Message, Is.EqualTo((string)wire.After["message"]!));
            AssertSame(error.Details!, wire.After["details"]!);
        }
    }

    [TestCaseSource(nameof(Creates))]
    public void A_create_is_tracked_as_the_API_server_tracked_it(object recorded)
    {
        var wire = (RecordedCase)recorded;
        var posted = wire.After.DeepClone().AsObject();
        posted["metadata"]!.AsObject().Remove("managedFields");
        var result = Fields.Track(null, posted, wire.Manager, wire.Time);
        AssertSame(ManagedFieldsOf(result, wire.Manager), ManagedFieldsOf(wire.After, wire.Manager));
    }

    [TestCaseSource(nameof(Patches))]
    public void A_patch_answers_what_the_API_server_answered(object recorded)
    {
        var wire = (RecordedCase)recorded;
        var patches = new Patches();
        var version = (string)wire.Before!["apiVersion"]!;
        var group = version.Contains('/', StringComparison.Ordinal) ? version.Split('/')[0] : "";
        var patched =
            wire.Type == "json"
                ? patches.Json(wire.Before, wire.Body!.AsArray())
                : patches.StrategicMerge(group, (string)wire.Before["kind"]!, wire.Before, wire.Body!.AsObject());
        AssertSame(Fields.Track(wire.Before, patched, wire.Manager, wire.Time), wire.After);
    }

    [TestCaseSource(nameof(StatusWrites))]
    public void A_controllers_status_write_is_tracked_as_the_API_server_tracked_it(object recorded)
    {
        var wire = (RecordedCase)recorded;
        AssertSame(Fields.Track(wire.Before, wire.After, wire.Manager, wire.Time, "status"), wire.After);
    }

    private static JsonArray ManagedFieldsOf(JsonObject obj, string manager) =>
        [.. obj["metadata"]!["managedFields"]!.AsArray().Where(entry => (string)entry!["manager"]! == manager).Select(entry => entry!.DeepClone())];

    private static void AssertSame(JsonNode actual, JsonNode expected)
    {
        if (expected is JsonObject wanted && wanted.ContainsKey("metadata"))
            (actual, expected) = (RecordedCase.Comparable(actual.AsObject()), RecordedCase.Comparable(wanted));
        Assert.That(Leaves(actual, ""), Is.EquivalentTo(Leaves(expected, "")));
    }

    /// <summary>Every leaf with its path: what differs shows.</summary>
    private static IEnumerable<string> Leaves(JsonNode? node, string path) =>
        node switch
        {
            JsonObject { Count: > 0 } map => map.SelectMany(field => Leaves(field.Value, path + "/" + field.Key)),
            JsonArray { Count: > 0 } list => list.SelectMany((item, index) => Leaves(item, path + "/" + index)),
            _ => [path + " = " + (node?.ToJsonString() ?? "null")],
        };
}
