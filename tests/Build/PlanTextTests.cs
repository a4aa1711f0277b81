using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Differences;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Build;

/// <summary>A plan's differences for people.</summary>
internal sealed class PlanTextTests
{
    private static readonly Change Row = new("controlplane", "ExecutionClusterLabel", null, "a/b", ChangeAction.Update, "label2, was label1");

    private static ChangePlan Plan => new([new PlannedChange(Row, [ObjectDifferences.OfText(Row.Kind, Row.Name, "label1", "label2")])], "sha256:0");

    [Test]
    public void Each_cluster_has_a_section_and_each_change_its_lines() =>
        Assert.That(
            PlanText.Lines(Plan, colours: false),
            Is.EqualTo(new[] { "", "controlplane:", "  update ExecutionClusterLabel a/b", "      @@ -1,1 +1,1 @@", "      -label1", "      +label2" })
        );

    [Test]
    public void On_a_terminal_what_goes_is_red_and_what_comes_is_green() =>
        Assert.That(PlanText.Lines(Plan, colours: true), Does.Contain("      \e[31m-label1\e[0m").And.Contain("      \e[32m+label2\e[0m"));

    [Test]
    public void A_change_that_says_it_all_has_no_section() =>
        Assert.That(PlanText.Lines(new ChangePlan([new PlannedChange(Row, [])], "sha256:0"), colours: false), Is.Empty);
}
