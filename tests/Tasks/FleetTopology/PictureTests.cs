using System.Xml.Linq;
using Flyte.MultiCluster.Common.Options;
using Flyte.MultiCluster.Tasks.FleetTopology;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.FleetTopology;

/// <summary>The pictures as texts.</summary>
internal sealed class PictureTests
{
    [Test]
    public void A_chart_has_scopes_labels_in_the_control_plane_and_weights_as_edges()
    {
        var chart = MermaidPicture.Of(SamplePicture.Of(3));

        Assert.That(chart, Does.StartWith("flowchart LR\n"));
        Assert.That(
            chart,
            Does.Contain(
                "  subgraph plane[\"control plane\"]\n    control[\"controlplane<br/>v1.36.3 · flyte-core v1.16.8\"]\n    l0([\"label1<br/>default label\"])"
            )
        );
        Assert.That(chart, Does.Contain("""c1["dataplane_2<br/>disabled<br/>v1.36.3 · flyte-core v1.16.8<br/>14 executions in 24 h"]:::disabled"""));
        Assert.That(chart, Does.Contain("\n  classDef disabled stroke:").And.Not.Contain("classDef new "));
        Assert.That(chart, Does.Contain("-->|\"0.75\"| c2\n").And.Contain("-->|\"0.25\"| c0\n").And.Contain("s0 --> l0\n"));
    }

    [Test]
    public void In_whatever_order_FlyteAdmin_lists_its_rows_the_picture_is_the_same()
    {
        var picture = SamplePicture.Of(16);
        var reversed = (picture with { Scopes = [.. picture.Scopes.Reverse()] }).Ordered();

        Assert.Multiple(() =>
        {
            Assert.That(MermaidPicture.Of(reversed), Is.EqualTo(MermaidPicture.Of(picture)));
            Assert.That(SvgPicture.Of(reversed), Is.EqualTo(SvgPicture.Of(picture)));
            Assert.That(HtmlPicture.Of(reversed), Is.EqualTo(HtmlPicture.Of(picture)));
        });
    }

    [TestCase("a\"b", "a#34;b")]
    [TestCase("<script>", "#60;script#62;")]
    [TestCase("a#b;c", "a#35;b#59;c")]
    [TestCase("a\nb`c", "a b#96;c")]
    public void A_charts_names_are_escaped(string name, string escaped)
    {
        var chart = MermaidPicture.Of(SamplePicture.Named(name));

        Assert.That(chart, Does.Contain($"c0[\"{escaped}<br/>enabled<br/>{escaped}\"]:::enabled"));
        Assert.That(chart.Replace(escaped, string.Empty, StringComparison.Ordinal), Does.Not.Contain(name));
    }

    [TestCase(100)]
    [TestCase(300)]
    [TestCase(3000)]
    public void A_chart_is_never_more_than_GitHub_renders(int planes)
    {
        var chart = MermaidPicture.Of(SamplePicture.Of(planes));

        Assert.That(chart.Length, Is.LessThanOrEqualTo(50_000));
        Assert.That(
            chart.Split('\n').Count(line => line.Contains("-->", StringComparison.Ordinal) || line.Contains(".->", StringComparison.Ordinal)),
            Is.LessThanOrEqualTo(500)
        );
    }

    [Test]
    public void A_chart_that_would_be_too_large_has_one_box_for_everything_on_a_label() =>
        Assert.That(MermaidPicture.Of(Busy()), Does.Contain("[\"600 projects, domains or workflows\"]"));

    [TestCase("<script>alert(1)</script>")]
    [TestCase("a & b\u0007")]
    public void An_image_is_XML_without_a_script_whatever_names_there_are(string name)
    {
        var image = XDocument.Parse(SvgPicture.Of(SamplePicture.Named(name)));

        Assert.That(image.Descendants().Select(one => one.Name.LocalName), Does.Contain("text").And.Not.Contain("script"));
    }

    [Test]
    public void A_page_loads_nothing_and_its_policy_forbids_it()
    {
        var page = HtmlPicture.Of(SamplePicture.Of(3));

        Assert.That(page, Does.Contain("content=\"default-src 'none'; style-src 'sha256-").And.Not.Contain("unsafe-inline"));
        Assert.That(page, Does.Not.Contain(" src=").And.Not.Contain("href=").And.Not.Contain("url(").And.Not.Contain("@import"));
    }

    [TestCase(OutputFormat.Text, null, OutputFormat.Mermaid)]
    [TestCase(OutputFormat.Text, "a/fleet.HTML", OutputFormat.Html)]
    [TestCase(OutputFormat.Text, "fleet.svg", OutputFormat.Svg)]
    [TestCase(OutputFormat.Text, "README.md", OutputFormat.Mermaid)]
    [TestCase(OutputFormat.Html, "fleet.svg", OutputFormat.Html)]
    public void The_files_name_says_the_format_where_the_option_does_not(OutputFormat output, string? file, OutputFormat format) =>
        Assert.That(PictureFormat.Of(output, file), Is.EqualTo(format));

    [Test]
    public void A_chart_of_a_fleet_that_no_chart_holds_counts_its_clusters() =>
        Assert.That(MermaidPicture.Of(SamplePicture.Of(3000)), Does.Contain("control --> enabled[\"2115 enabled\"]"));

    private static FleetPicture Busy()
    {
        var picture = SamplePicture.Of(3);
        return picture with
        {
            Scopes = [.. Enumerable.Range(0, 600).Select(number => new PictureScope(new($"team{number}", "development"), "label1", IsInherited: false))],
        };
    }
}
