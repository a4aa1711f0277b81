using System.Text.Json.Nodes;
using System.Xml.Linq;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.Verification;
using Flyte.MultiCluster.Tests.Common.Fleets;
using Flyte.MultiCluster.Tests.Docs;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.Verification;

/// <summary>Results as a table and as JUnit.</summary>
internal sealed class VerifyOutputTests
{
    [Test]
    public void A_row_is_status_check_cluster_time_and_what_was_found_with_the_remedy_below() =>
        Assert.That(
            VerifyTable.Lines([Result(CheckStatus.Ok, "dp1"), Result(CheckStatus.Failed, "controlplane")], colours: false),
            Is.EqualTo(
                new[]
                {
                    "  ok      crd  dp1           12 ms  found",
                    "  failed  crd  controlplane  12 ms  found",
                    "                                    do this",
                }
            )
        );

    [Test]
    public void Many_clusters_that_are_all_right_are_one_row()
    {
        var results = Enumerable.Range(1, 16).Select(number => Result(number == 7 ? CheckStatus.Failed : CheckStatus.Ok, $"dp{number}")).ToArray();

        Assert.That(
            VerifyTable.Lines(results, colours: false),
            Is.EqualTo(
                new[] { "  ok      crd  15 clusters  12 ms  found", "  failed  crd  dp7          12 ms  found", "                                   do this" }
            )
        );
    }

    [Test]
    public void Colours_are_for_terminals()
    {
        Assert.That(VerifyTable.Lines([Result(CheckStatus.Failed, "dp1")], colours: true).First(), Does.StartWith("  \e[31mfailed"));
        Assert.That(VerifyTable.Lines([Result(CheckStatus.Failed, "dp1")], colours: false).First(), Does.Not.Contain("\e"));
    }

    [Test]
    public void The_summary_counts() =>
        Assert.That(
            VerifyTable.Summary(
                new VerifyResults([Result(CheckStatus.Ok, "a"), Result(CheckStatus.Warning, "b"), Result(CheckStatus.Failed, "c")], TimeSpan.FromSeconds(2.14))
            ),
            Is.EqualTo("3 checks: 1 ok, 1 warning, 1 failed, in 2.1 s")
        );

    [TestCase("plain")]
    [TestCase("<&>\"'")]
    [TestCase("a\0b\u0001\e[31m")]
    [TestCase("\uD800 half, 😀 whole")]
    [TestCase("]]>\r\n\uFFFF")]
    public void Junit_is_valid_whatever_a_server_says(string said)
    {
        var document = XDocument.Parse(
            VerifyJunit.Of(
                [
                    new CheckResult("crd", said, CheckStatus.Failed, said, said, TimeSpan.Zero),
                    new CheckResult("crd", said, CheckStatus.Warning, said, said, TimeSpan.Zero),
                ],
                [new Problem(said, said, said)],
                TimeSpan.Zero
            )
        );

        Assert.That(document.Descendants("testcase").Count(), Is.EqualTo(3));
    }

    [Test]
    public void Junit_counts_failures_errors_and_skipped_ones()
    {
        var root = XDocument
            .Parse(
                VerifyJunit.Of(
                    [.. Enum.GetValues<CheckStatus>().Select(status => Result(status, "dp1"))],
                    [new Problem("fleet.yaml:1:1", "It is empty.", "Fill it.")],
                    TimeSpan.FromSeconds(1.5)
                )
            )
            .Root!;

        Assert.That(
            new[] { "tests", "failures", "errors", "skipped", "time" }.Select(name => (string?)root.Attribute(name)),
            Is.EqualTo(new[] { "5", "1", "1", "1", "1.500" })
        );
        Assert.That(root.Descendants("system-out").Select(output => output.Value), Does.Contain("warning: found do this"));
    }

    [Test]
    public void The_schema_describes_the_JSON_document()
    {
        var schema = JsonNode.Parse(Repository.Read("docs/verify.schema.json"))!.AsObject();
        var document = JsonNode.Parse(
            VerifyJson.Of(
                [.. Enum.GetValues<CheckStatus>().Select(status => Result(status, "dp1"))],
                [new Problem("run", "It was interrupted.", "Run it again.")],
                130,
                TimeSpan.FromSeconds(1)
            )
        );

        Assert.That(SchemaCheck.Violations(schema, document), Is.Empty);
        Assert.That(
            schema["properties"]!["counts"]!["properties"]!.AsObject().Select(count => count.Key),
            Is.EqualTo(document!["counts"]!.AsObject().Select(count => count.Key))
        );
    }

    private static CheckResult Result(CheckStatus status, string cluster) =>
        new("crd", cluster, status, "found", status is CheckStatus.Failed or CheckStatus.Warning ? "do this" : null, TimeSpan.FromMilliseconds(12));
}
