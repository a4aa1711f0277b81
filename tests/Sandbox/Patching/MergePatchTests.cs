using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Patching;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Patching;

public sealed class MergePatchTests
{
    [TestCase("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [TestCase("""{"a":"b"}""", """{"a":null}""", "{}")]
    [TestCase("""{"a":["b"]}""", """{"a":["c"]}""", """{"a":["c"]}""")]
    [TestCase("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [TestCase("""{"a":[1]}""", """{"a":{"b":{"c":null}}}""", """{"a":{"b":{}}}""")]
    [TestCase("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    public void A_patch_does_what_RFC_7386_says(string live, string patch, string expected) =>
        Assert.That(new Patches().Merge(Json.Object(live), Json.Object(patch)), Json.Is(expected));

    [Test]
    public void Merging_twice_is_merging_once() =>
        Check.One(
            Config.QuickThrowOnFailure,
            Prop.ForAll(
                Some.Documents,
                Some.Documents,
                (live, patch) =>
                {
                    var once = new Patches().Merge(live, patch);
                    return JsonNode.DeepEquals(new Patches().Merge(once, patch), once);
                }
            )
        );

    [Test]
    public void An_empty_patch_changes_nothing() =>
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(Some.Documents, live => JsonNode.DeepEquals(new Patches().Merge(live, []), live)));

    [Test]
    public void A_patch_onto_nothing_is_the_patch() =>
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(Some.Documents, patch => JsonNode.DeepEquals(new Patches().Merge([], patch), patch)));
}
