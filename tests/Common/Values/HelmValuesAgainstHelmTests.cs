using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tests.Sandbox.Conformance;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Values;

[TestFixture(4), TestFixture(3)]
[Category("Integration")]
public sealed class HelmValuesAgainstHelmTests(int major)
{
    private static readonly HelmValues Values = new();

    private readonly string _helm = Tool.Helm(major);

    private static readonly string[] Scalars =
    [
        "yes",
        "Yes",
        "YES",
        "y",
        "Y",
        "on",
        "On",
        "n",
        "N",
        "no",
        "off",
        "OFF",
        "true",
        "True",
        "TRUE",
        "tRUE",
        "False",
        "yEs",
        "~",
        "null",
        "Null",
        "NULL",
        "nULL",
        "",
        "!!null \"\"",
        "!!null x",
        "0x1F",
        "0X1F",
        "-0x1F",
        "+0x1",
        "0xZZ",
        "0x",
        "0x_1F",
        "0o17",
        "0O17",
        "017",
        "-017",
        "+017",
        "08",
        "08.5",
        "00",
        "0",
        "-0",
        "0b11",
        "0B11",
        "-0b11",
        "0b",
        "0b2",
        "0b+1",
        "0b-1",
        "-0b+1",
        "0b1.5",
        "1_000",
        "1_000.5",
        "_1",
        "1_",
        "1__0",
        "0_7",
        "_",
        "+12",
        "++1",
        "1e3",
        "1E3",
        "1e+3",
        "1.5e-3",
        "1e3_0",
        "1e",
        "1e400",
        "-1e400",
        ".5",
        "+.5",
        "-.5e1",
        "5.",
        "1.e5",
        ".5e3",
        ".5_5",
        "._5",
        ".5_",
        ".5__5",
        ".e3",
        ".",
        "+",
        "-1",
        "-.5",
        "1.0",
        "-0.0",
        "1.5.1",
        "3.14159265358979",
        "0.1",
        "1e21",
        "1e20",
        "1e-7",
        "1.10",
        "9007199254740993",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775808",
        "-9223372036854775809",
        "+9223372036854775808",
        "123456789012345678901234567890",
        "0xFFFFFFFFFFFFFFFF",
        "0xFFFFFFFFFFFFFFFFF",
        "+0xFFFFFFFFFFFFFFFF",
        "0777777777777777777777777",
        ".inf",
        "-.inf",
        "+.INF",
        ".nan",
        ".NaN",
        ".Nan",
        "190:20:30",
        "12:30",
        "2001-01-01",
        "2001-1-1",
        "2001-12-14t21:59:43.10-05:00",
        "2001-12-14 21:59:43",
        "\"quoted\"",
        "'1'",
        "'it''s'",
        "\"a\\tb\\x41\\u00e9\\U0001F600\"",
        "plain text # comment",
        "a#b",
        "=",
        "<",
        "\"\"",
        "!!str 1",
        "!!str yes",
        "!!str",
        "!!str ~",
        "! 12",
        "!foo bar",
        "!!int \"3\"",
        "!!int x",
        "!!float 3",
        "!!float \"1.5\"",
        "!!float x",
        "!!bool \"yes\"",
        "!!bool 1",
        "!!binary aGVsbG8=",
        "!!binary \"%%\"",
        "!!timestamp 2001-01-01",
        "!!timestamp foo",
        "!!merge <<",
        "[1, two, 3.0, ~, {a: yes}]",
        "{a: 1, b: {c: [x]}}",
        "[]",
        "{}",
        "!!set {x}",
        "[a, ]",
        "{a, b: }",
        "! [1]",
    ];

    private static readonly string[] Documents =
    [
        "",
        "# comment\n",
        "---\n",
        "null\n",
        "{}\n",
        "a: 1\n...\n",
        "---\na: 1\n",
        "[]\n",
        "text\n",
        "12\n",
        "- a\n",
        "a: 1\na: 2\n",
        "a: {x: 1}\na: {y: 2}\n",
        "{a: 1, a: null}\n",
        "1: a\n",
        "1.5: x\n1e3: y\n",
        "on: x\n",
        "0x10: x\n!!str 5: y\n",
        "~: x\n",
        "? [a]\n: 1\n",
        "? a\n: 1\n",
        "1234567.0: a\n1e5: b\n1e6: c\n1e-5: d\n0.0001: e\n12345678.5: f\n1e20: g\n-0.0: h\n0.00001234: i\n",
        "18446744073709551615: x\n",
        ".inf: x\n",
        "2001-01-02: x\n",
        "a: &x {p: 1, q: 2}\nb: *x\nc: {<<: *x, q: 3}\nd: {q: 3, <<: *x}\n",
        "a: &x {p: 1}\nb: &y {p: 2, q: 2}\nc:\n  <<: [*x, *y]\nd:\n  <<: [*y, *x]\n",
        "a: {<<: 1}\n",
        "a: {<<: [1]}\n",
        "a: {<<: {b: 1}, <<: {c: 2}}\n",
        "\"<<\": {a: 1}\n",
        "a: &a [*a]\n",
        "a: *b\n",
        "a: &x 1\nb: &x 2\nc: *x\n",
        "a: |\n  x\n  y\n\n",
        "a: |+\n  x\n\n\nb: 1\n",
        "a: |-\n  x\n   y\n",
        "a: >\n  x\n  y\n\n  z\n",
        "a: >-\n  x\n",
        "a: |2\n    x\n",
        "a: \"x\n  y\n\n  z\"\n",
        "a: x\n  y\n",
        "\uFEFFa: 1\r\nb: |\r\n  x\r\n  y\r\nc: \"p\r\n  q\"\r\n",
        "a: \t1\nb: [1,\t2]\n",
        "a:\n\tb: 1\n",
        "a: b: c\n",
        "a: [1\n",
        "a: \"x\n",
        "a\n",
        "a: 'é'\n日本: x\n",
        "a:\n- 1\n- b: 2\n  c: 3\n-\n  - x\n",
        "a: !!str\n  b: 1\n",
        "a:\n  - - 1\n    - 2\n",
        "a: @x\n",
        "a: `x\n",
        "a: %x\n",
        "a: -\n",
        "a: ? x\n",
        "a: {b: c, d}\n",
        "a: [b: c]\n",
        "a: {\n  b: 1\n}\n",
        "a: [\n  1,\n  2\n]\n",
        "k:\n  a: {\n    b: 1\n  }\n",
        "a: [x,\n  y z,\n  w\n    v]\n",
        "a:    # comment\n  b: 1\n",
        "\"a\" : 1\n'b' :  2\n",
        "a b: 1\n",
        "a: &x\n  b: 1\nc:\n  <<: *x\n",
        "a: !!binary |\n  aGVs\n  bG8=\n",
        "--- # comment\na: 1\n",
        "a: >+\n  x\n\n\nb: 1\n",
        "a: | # comment\n  x\n  # no comment\n # comment\nb: 1\n",
        "a:\n- |\n  x\n- >\n  y\n",
        "a: 1   \n\n   \nb: 2\n",
        "# c\n\na:\n  # c\n  b: 1\n# c\n  c: 2\n",
        "a: \"{{ .Values.x }}\"\nb: '{{ tpl . }}'\n",
        "a: {{ x }}\n",
        "a: 'x\n\n  y'\n",
        "a:\n  b:\n    - c\n  d:\n  - e\n",
        "a: |\n\n  x\n",
        "a: |\n    x\n  y\n",
        "a: \"\\\n  x\"\n",
        "a: - b\n",
        "- a: 1\n",
        "a: [x y, \"z\", 'w']\nb: {x: , y: }\n",
        "a: [,]\n",
        "a: {,}\n",
        "a: [[x], {y: z}]\n",
        "a: x: y\n",
        "a:b\n",
        "a: 1\n b: 2\n",
        "  a: 1\n  b: 2\n",
        "a: '#'\nb: a:b\nc: http://x/y?z=1&u=2\n",
        "\"a\": {\"b\":1}\n",
        "a: [\"b\",'c']\n",
        "%YAML 1.2\n---\na: 1\n",
    ];

    [Test]
    public void Every_scalar_is_read_as_helm_reads_it()
    {
        // One document of all that a helm takes, so that a process each is spent on those alone that it refuses.
        var accepted = Scalars.Where(scalar => Ours($"v: {scalar}\n") is not null).ToList();
        var document = string.Concat(accepted.Select((scalar, index) => $"k{index}: {scalar}\n"));
        var theirs = HelmBinaries.Values(_helm, document);

        Assert.That(
            theirs,
            Is.Not.Null,
            () => $"{_helm} refuses what we take: {string.Join(" and ", accepted.Where(scalar => HelmBinaries.Values(_helm, $"v: {scalar}\n") is null))}"
        );
        var ours = Ours(document)!;
        using (Assert.EnterMultipleScope())
        {
            foreach (var (index, scalar) in accepted.Index())
            {
                Assert.That(
                    Values.Same(ours[$"k{index}"], theirs[$"k{index}"]),
                    Is.True,
                    $"{scalar}: {ours[$"k{index}"]?.ToJsonString()} for {theirs[$"k{index}"]?.ToJsonString()} ({_helm})"
                );
            }

            foreach (var scalar in Scalars.Except(accepted, StringComparer.Ordinal))
            {
                Assert.That(HelmBinaries.Values(_helm, $"v: {scalar}\n"), Is.Null, $"{scalar}: we refuse it, {_helm} does not");
            }
        }
    }

    [Test]
    public void Every_document_is_read_as_helm_reads_it()
    {
        using (Assert.EnterMultipleScope())
        {
            foreach (var document in Documents)
            {
                var ours = Ours(document);
                var theirs = HelmBinaries.Values(_helm, document);
                Assert.That(
                    Values.Same(ours, theirs),
                    Is.True,
                    $"{document}: {ours?.ToJsonString() ?? "refused"} for {theirs?.ToJsonString() ?? "refused"} ({_helm})"
                );
            }
        }
    }

    [TestCase("a: {x: 1, y: {z: 1}}\nl: [1, 2]\n", "a: {y: {w: 2}}\nl: [3]\n")]
    [TestCase("keep: {a: null, b: {c: 1}}\nl: [1]\nx: {y: 1}\nz: null\n", "keep: {b: null, a: {q: null}}\nl: [2]\nx: null\nz: {w: null}\n")]
    [TestCase("keep: {b: null, a: {q: null}}\nx: null\nz: {w: null}\n", "keep: {a: null, b: {c: 1}}\nx: {y: 1}\nz: 5\n")]
    [TestCase("a: 1\n", "")]
    public void Files_are_merged_as_helm_merges_them(string first, string second)
    {
        var ours = Values.Merge(Ours(first)!, Ours(second)!);
        var theirs = HelmBinaries.Values(_helm, first, second);
        Assert.That(Values.Same(ours, theirs), Is.True, $"{ours.ToJsonString()} for {theirs?.ToJsonString()} ({_helm})");
    }

    [Test]
    public void What_is_written_is_read_the_same_by_helm()
    {
        var nasty = new JsonObject();
        foreach (
            var (index, text) in Scalars
                .Concat(Documents)
                .Concat([
                    "a\n  \nb\n",
                    " lead\n",
                    "trail \n",
                    "\u2028",
                    "\u0085x",
                    "tab\there",
                    "a: b",
                    "- x",
                    "x\n\n",
                    "\n",
                    "😀",
                    "x'\"y",
                    "{{ .Values.x }}",
                    "10.0.0.1:443",
                ])
                .Index()
        )
        {
            nasty[$"k{index}"] = text;
            nasty[text.Length == 0 ? "empty" : text] = new JsonArray(text, index, new JsonObject { [$"n{index}"] = text }, new JsonArray(1, text));
        }

        foreach (var number in new[] { 0, 1.5, -1e-9, 1e21, 443, 9007199254740991, double.MaxValue, double.Epsilon })
        {
            nasty[$"number {number}"] = number;
        }

        var theirs = HelmBinaries.Values(_helm, Values.Write(nasty));
        Assert.That(
            theirs,
            Is.Not.Null,
            () =>
                string.Join(
                    " and ",
                    nasty
                        .Where(entry => HelmBinaries.Values(_helm, Values.Write(new JsonObject { [entry.Key] = entry.Value?.DeepClone() })) is null)
                        .Select(entry => entry.Key)
                )
        );
        Assert.That(Values.Changed(nasty, theirs), Is.Empty, _helm);
    }

    private static JsonObject? Ours(string document)
    {
        try
        {
            return Values.Parse(document, "values.yaml");
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
