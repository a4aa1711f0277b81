using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Differences;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Differences;

/// <summary>Differences of objects, for people.</summary>
internal sealed class ObjectDifferencesTests
{
    [Test]
    public void They_are_unified_with_three_lines_of_context()
    {
        var before = Object("""{"data": {"a": "1", "b": "2", "c": "3", "d": "4", "e": "5", "f": "6", "g": "7", "h": "8", "i": "9"} }""");
        var after = (JsonObject)before.DeepClone();
        after["data"]!["e"] = "five";

        Assert.That(
            Lines("ConfigMap", before, after),
            Is.EqualTo(
                new[]
                {
                    "@@ -3,7 +3,7 @@",
                    "   b: \"2\"",
                    "   c: \"3\"",
                    "   d: \"4\"",
                    "-  e: \"5\"",
                    "+  e: five",
                    "   f: \"6\"",
                    "   g: \"7\"",
                    "   h: \"8\"",
                }
            )
        );
    }

    [Test]
    public void A_text_of_several_lines_differs_by_its_lines()
    {
        var lines = Lines("ConfigMap", Object("""{"data": {"a": "one\ntwo\n"} }"""), Object("""{"data": {"a": "one\nthree\n"} }"""));

        Assert.That(lines, Does.Contain("-    two").And.Contain("+    three").And.Contain("     one"));
    }

    [Test]
    public void Something_new_has_added_lines_alone() =>
        Assert.That(Lines("ConfigMap", null, Object("""{"data": {"a": "x"} }""")).Skip(1), Is.EqualTo(new[] { "+data:", "+  a: x" }));

    [Test]
    public void Of_a_Secret_names_sizes_and_what_becomes_of_each_entry_are_shown()
    {
        var before = Object("""{"kind": "Secret", "data": {"same": "YWJj", "changed": "YWJj", "gone": "YQ=="} }""");
        var after = Object("""{"kind": "Secret", "data": {"same": "YWJj"}, "stringData": {"changed": "abcdef", "new": "x"} }""");

        Assert.That(
            Lines("Secret", before, after),
            Is.EqualTo(new[] { "+ changed: 6 bytes, changed, was 3 bytes", "- gone: 1 byte, removed", "+ new: 1 byte, new", "  same: 3 bytes, unchanged" })
        );
    }

    [Test]
    public void An_entry_whose_value_is_not_known_yet_says_so() =>
        Assert.That(Lines("Secret", null, Object("""{"data": {"token": null} }""")), Is.EqualTo(new[] { "+ token: new, its size is known after apply" }));

    [Test]
    public void What_the_API_server_counts_and_kubectl_remembers_is_no_difference()
    {
        var before = Object(
            """
            {"kind": "Secret", "metadata": {"name": "a", "resourceVersion": "1", "uid": "u", "managedFields": [], "generation": 1,
             "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}"} }, "status": {"x": 1} }
            """
        );

        Assert.That(ObjectDifferences.Of(new ObjectPair("Secret", null, "a", before, Object("""{"kind": "Secret", "metadata": {"name": "a"} }"""))), Is.Empty);
    }

    [Test]
    public void The_order_of_keys_and_the_way_a_number_is_written_are_no_difference() =>
        Assert.That(ObjectDifferences.Of(new ObjectPair("Values", null, "a", Object("""{"a": 1, "b": 2.0}"""), Object("""{"b": 2, "a": 1.0}"""))), Is.Empty);

    [Test]
    public void What_works_a_terminal_is_shown_as_its_code()
    {
        var lines = Lines("ConfigMap", null, Object("""{"a": "x\u001b[31m", "b": "y\n\u001b[2Jz\n"}"""));

        Assert.That(string.Concat(lines), Does.Not.Contain('\e'));
    }

    [Test]
    public void Of_a_live_object_only_what_its_manifest_names_is_compared() =>
        Assert.That(
            ObjectDifferences
                .Within(
                    Object("""{"spec": {"replicas": 0, "more": 1, "list": [{"a": 1, "b": 2}]} }"""),
                    Object("""{"spec": {"replicas": 1, "list": [{"a": 3}]} }""")
                )
                .ToJsonString(),
            Is.EqualTo("""{"spec":{"replicas":0,"list":[{"a":1}]}}""")
        );

    private static JsonObject Object(string json) => (JsonObject)JsonNode.Parse(json)!;

    private static IReadOnlyList<string> Lines(string kind, JsonObject? before, JsonObject? after) =>
        ObjectDifferences.Of(new ObjectPair(kind, "flyte", "name", before, after)).Single().Lines;
}
