using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Values;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Values;

[TestFixture]
public sealed class HelmValuesTests
{
    private static readonly HelmValues Values = new();

    [TestCase("yes", "true")]
    [TestCase("off", "false")]
    [TestCase("0x1F", "31")]
    [TestCase("017", "15")]
    [TestCase("08", "8")]
    [TestCase("1_000", "1000")]
    [TestCase("1e3", "1000")]
    [TestCase(".5", "0.5")]
    [TestCase("1e400", "\"1e400\"")]
    [TestCase("2001-01-01", "\"2001-01-01\"")]
    [TestCase("!!str 1", "\"1\"")]
    [TestCase("!!binary aGVsbG8=", "\"hello\"")]
    [TestCase("190:20:30", "\"190:20:30\"")]
    [TestCase("", "null")]
    public void A_scalar_means_what_it_means_to_helm(string scalar, string json)
    {
        var value = Values.Parse($"a: {scalar}\n", "v.yaml")["a"];
        Assert.That(Values.Same(value, JsonNode.Parse(json)), Is.True, value?.ToJsonString());
    }

    [Test]
    public void A_number_converts_to_any_type_that_holds_it()
    {
        var port = Values.Parse("a: 443\n", "v.yaml")["a"]!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That((int)port, Is.EqualTo(443));
            Assert.That((long)port, Is.EqualTo(443));
            Assert.That((double)port, Is.EqualTo(443));
        }
    }

    [TestCase("a: 1\nb: [\n", "v.yaml:3:1")]
    [TestCase("- SECRET\n", "v.yaml:1:1")]
    [TestCase("a: 1\n---\nb: SECRET\n", "v.yaml:3:1")]
    [TestCase("a: !!int SECRET\n", "v.yaml:1:4")]
    [TestCase("a: .inf\n", "v.yaml:1:4")]
    [TestCase("a: {<<: SECRET}\n", "v.yaml:1:9")]
    [TestCase("a: SECRET: SECRET\n", "v.yaml:1:10")]
    [TestCase("a: *SECRET\n", "v.yaml:1:4")]
    [TestCase("a: &SECRET [*SECRET]\n", "v.yaml:1:13")]
    [TestCase("a: !SECRET!x 1\n", "v.yaml:1:4")]
    [TestCase("a: \"SECRET\n", "v.yaml:")]
    [TestCase("a: \"SECRET \\q\"\n", "v.yaml:1")]
    [TestCase("%SECRET 1\n---\na: 1\n", "v.yaml:1:1")]
    public void What_is_no_values_is_refused_with_its_place_and_never_quoted(string yaml, string place) =>
        Assert.That(() => Values.Parse(yaml, "v.yaml"), Throws.TypeOf<FormatException>().With.Message.StartsWith(place).And.Message.Not.Contains("SECRET"));

    [TestCase("a: {\nb: c\n}\n", "indented deeper")]
    [TestCase("k:\n  a: [\n  x\n  ]\n", "indented deeper")]
    [TestCase("  a: 1\nb: 2\n", "not YAML")]
    [TestCase("a: 1\n---\nb: 2\n", "second YAML document")]
    public void What_helm_takes_against_yaml_or_drops_in_silence_is_refused(string yaml, string message) =>
        Assert.That(() => Values.Parse(yaml, "v.yaml"), Throws.TypeOf<FormatException>().With.Message.Contains(message));

    [Test]
    public void A_block_at_the_end_of_a_file_ends_its_line_as_in_helm_4() => Assert.That((string?)Values.Parse("a: |\n  x", "v.yaml")["a"], Is.EqualTo("x\n"));

    [Test]
    public void An_alias_bomb_is_refused_soon()
    {
        var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var level = 1; level < 12; level++)
        {
            bomb.Append(string.Create(null, $"a{level}: &a{level} [{string.Join(", ", Enumerable.Repeat($"*a{level - 1}", 10))}]\n"));
        }

        var clock = Stopwatch.StartNew();
        Assert.That(() => Values.Parse(bomb.ToString(), "v.yaml"), Throws.TypeOf<FormatException>().With.Message.Contains("too many nodes"));
        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(5)));
    }

    [Test]
    public void Deep_nesting_is_refused_without_overflowing_the_stack() =>
        Assert.That(() => Values.Parse($"a: {new string('[', 100_000)}", "v.yaml"), Throws.TypeOf<FormatException>().With.Message.Contains("levels deep"));

    [Test]
    public void A_null_stays_in_the_merge_because_it_removes_the_charts_default()
    {
        var merged = Values.Merge(Values.Parse("a: {b: 1, c: 2}\n", "1"), Values.Parse("a: {b: null}\n", "2"));
        Assert.That(merged.ToJsonString(), Is.EqualTo("""{"a":{"b":null,"c":2}}"""));
    }

    [Test]
    public void Merging_leaves_its_arguments_alone()
    {
        var first = Values.Parse("a: {b: 1}\n", "1");
        var second = Values.Parse("a: {c: {d: 1}}\n", "2");
        Values.Merge(first, second)["a"]!["c"]!["d"] = 5;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(first.ToJsonString(), Is.EqualTo("""{"a":{"b":1}}"""));
            Assert.That(second.ToJsonString(), Is.EqualTo("""{"a":{"c":{"d":1}}}"""));
        }
    }

    [TestCase("a: 1", "a: 1.0", true)]
    [TestCase("a: 1\nb: 2", "b: 2\na: 1", true)]
    [TestCase("a: 1", "a: '1'", false)]
    [TestCase("a: [1, 2]", "a: [2, 1]", false)]
    [TestCase("a: null", "{}", false)]
    [TestCase("a: {}", "a: null", false)]
    [TestCase("a: true", "a: false", false)]
    [TestCase("a: 0", "a: -0.0", true)]
    public void Trees_are_the_same_where_helm_sees_no_difference(string left, string right, bool same) =>
        Assert.That(Values.Same(Values.Parse(left, "l"), Values.Parse(right, "r")), Is.EqualTo(same));

    [Test]
    public void Numbers_of_different_clr_types_are_the_same() =>
        Assert.That(Values.Same(new JsonObject { ["a"] = 1, ["b"] = 1.5 }, JsonNode.Parse("""{"a":1.0,"b":15e-1}""")), Is.True);

    [TestCase("a: {b: 1, c: 2}", "a: {c: 3}", "a.b")]
    [TestCase("a: {b: 1}", "{}", "a.b")]
    [TestCase("a: {b: [1, 2]}", "a: {b: []}", "")]
    [TestCase("a: {b: 1}", "a: null", "")]
    [TestCase("a: {b: null}", "{}", "a.b")]
    [TestCase("a: {b: {}}", "{}", "")]
    [TestCase("a: {b: 1}", "a: 5", "a.b")]
    [TestCase("a: {eks.amazonaws.com/role: x}", "{}", "a.eks\\.amazonaws\\.com/role")]
    [TestCase("z: 1\na: 1", "b: 1", "z,a")]
    public void Lost_are_the_leaves_that_live_has_and_wanted_has_not(string live, string wanted, string paths) =>
        Assert.That(string.Join(',', Values.Lost(Values.Parse(live, "l"), Values.Parse(wanted, "w"))), Is.EqualTo(paths));

    [TestCase("a: {b: 1, c: 2}", "a: {c: 3, d: 4}", "a.b,a.c,a.d")]
    [TestCase("a: {}", "{}", "a")]
    [TestCase("a: {}", "a: {b: {c: 1}}", "a.b.c")]
    [TestCase("a: 1", "a: {b: 1}", "a")]
    [TestCase("a: [1]", "a: [1, 2]", "a")]
    [TestCase("a: 1", "a: 1.0", "")]
    public void Changed_are_the_leaves_that_differ(string live, string wanted, string paths) =>
        Assert.That(string.Join(',', Values.Changed(Values.Parse(live, "l"), Values.Parse(wanted, "w"))), Is.EqualTo(paths));

    [Test]
    public void Writing_is_block_style_in_the_trees_order()
    {
        var values = Values.Parse("z: {b: [1, {c: x, d: [z]}], a: 'yes'}\nm: \"x\\ny\\n\"\ne: {}\nf: []\ng: ~\nh: 'dns:///a:1'\n", "v");
        Assert.That(
            Values.Write(values),
            Is.EqualTo(
                """
                z:
                  b:
                    - 1
                    - c: x
                      d:
                        - z
                  a: "yes"
                m: |
                  x
                  y
                e: {}
                f: []
                g: null
                h: dns:///a:1

                """
            )
        );
    }

    [Test]
    public void Four_hundred_lines_are_read_in_milliseconds()
    {
        var yaml = string.Concat(
            Enumerable.Range(0, 80).Select(i => $"section{i}:\n  # a comment\n  enabled: true\n  annotations: {{a: 1, b: \"two\"}}\n  args: [x, y]\n")
        );
        Values.Parse(yaml, "warm");
        var best = Enumerable
            .Range(0, 10)
            .Select(_ =>
            {
                var clock = Stopwatch.StartNew();
                Values.Parse(yaml, "v");
                return clock.Elapsed.TotalMilliseconds;
            })
            .Min();
        TestContext.Out.WriteLine($"{best:0.00} ms");
        Assert.That(best, Is.LessThan(10));
    }
}
