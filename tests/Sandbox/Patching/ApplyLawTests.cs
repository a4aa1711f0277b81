using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Patching;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Patching;

/// <summary>What holds for server-side apply whatever is applied.</summary>
public sealed class ApplyLawTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    private readonly ManagedFields fields = new();

    [Test]
    public void Applying_the_same_again_changes_nothing() =>
        Check.One(
            Config.QuickThrowOnFailure,
            Prop.ForAll(
                Some.ConfigMaps,
                Some.ConfigMaps,
                (first, second) =>
                {
                    var live = Forced(Forced(null, first, "a"), second, "b");
                    return JsonNode.DeepEquals(fields.Apply(live, second, "b", force: false, Now.AddHours(1)), live);
                }
            )
        );

    [Test]
    public void Two_who_apply_different_fields_both_keep_theirs() =>
        Check.One(
            Config.QuickThrowOnFailure,
            Prop.ForAll(
                Some.ConfigMaps,
                Some.ConfigMaps,
                (first, second) =>
                {
                    var other = Some.ConfigMap(Data(second).Select(pair => ("other-" + pair.Key, (string)pair.Value!)));
                    var live = fields.Apply(Forced(null, first, "a"), other, "b", force: false, Now);
                    return JsonNode.DeepEquals(new JsonObject(Data(live).Select(Copy)), new JsonObject(Data(first).Concat(Data(other)).Select(Copy)));
                }
            )
        );

    [Test]
    public void Applying_nothing_removes_what_the_manager_alone_owned() =>
        Check.One(
            Config.QuickThrowOnFailure,
            Prop.ForAll(
                Some.ConfigMaps,
                Some.ConfigMaps,
                (first, second) =>
                {
                    var live = Forced(Forced(null, first, "a"), second, "b");
                    var left = Forced(live, Some.ConfigMap([]), "a");
                    return JsonNode.DeepEquals(new JsonObject(Data(left).Select(Copy)), new JsonObject(Data(second).Select(Copy)));
                }
            )
        );

    [Test]
    public void An_apply_by_the_only_manager_makes_the_object_what_was_applied() =>
        Check.One(
            Config.QuickThrowOnFailure,
            Prop.ForAll(
                Some.ConfigMaps,
                Some.ConfigMaps,
                (first, second) =>
                    JsonNode.DeepEquals(
                        new JsonObject(Data(Forced(Forced(null, first, "a"), second, "a")).Select(Copy)),
                        new JsonObject(Data(second).Select(Copy))
                    )
            )
        );

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Data(JsonObject obj) => obj["data"] as JsonObject ?? [];

    private static KeyValuePair<string, JsonNode?> Copy(KeyValuePair<string, JsonNode?> pair) => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone());

    private JsonObject Forced(JsonObject? live, JsonObject config, string manager) => fields.Apply(live, config, manager, force: true, Now);
}
