using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Charts;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tests.Common.Releases;
using Flyte.MultiCluster.Tests.Common.Values;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Charts;

/// <summary>Whether a release was rendered from a chart.</summary>
internal sealed class UnpackedChartTests
{
    private const string Metadata = "name: flyte-core\nversion: v1.16.8\n";
    private const string WithDependency = Metadata + "dependencies:\n  - {name: flyteconnector, repository: file://../flyteconnector}\n";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeChart()
    {
        _folder = new TemporaryFolder();
        _folder.Write("Chart.yaml", Metadata);
        _folder.Write("values.yaml", "a: 1\nb: {c: [1, 2]}\n");
        _folder.Write("templates/a.yaml", "kind: A\n");
        _folder.Write("templates/sub/b.yaml", "kind: B\n");
    }

    [TearDown]
    public void RemoveChart() => _folder.Dispose();

    [Test]
    public void The_same_chart_is_no_difference() => Assert.That(Difference(), Is.Null);

    [Test]
    public void Another_version_is_reported()
    {
        _folder.Write("Chart.yaml", Metadata.Replace("v1.16.8", "v1.16.9", StringComparison.Ordinal));

        Assert.That(Difference(), Is.EqualTo("chart flyte-core v1.16.8 is installed, flyte-core v1.16.9 is wanted"));
    }

    [Test]
    public void A_template_that_changed_is_reported()
    {
        _folder.Write("templates/sub/b.yaml", "kind: C\n");

        Assert.That(Difference(), Is.EqualTo("the chart's templates/sub/b.yaml changed"));
    }

    [Test]
    public void A_template_that_is_gone_is_reported()
    {
        File.Delete(Path.Combine(_folder.Path, "templates", "a.yaml"));

        Assert.That(Difference(), Is.EqualTo("the chart's templates/a.yaml changed"));
    }

    [Test]
    public void A_new_template_is_reported_unless_it_may_be_an_ignored_one()
    {
        _folder.Write("templates/new.yaml", "kind: N\n");
        var reported = Difference();
        _folder.Write(".helmignore", "new.yaml\n");

        Assert.That((reported, Difference()), Is.EqualTo(("the chart's templates/new.yaml is new", (string?)null)));
    }

    [Test]
    public void A_byte_order_mark_is_no_difference()
    {
        _folder.Write("templates/a.yaml", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes("kind: A\n")]);

        Assert.That(Difference(), Is.Null);
    }

    [TestCase(Metadata)]
    [TestCase(WithDependency)]
    public void Defaults_that_changed_are_reported(string metadata)
    {
        _folder.Write("Chart.yaml", metadata);
        _folder.Write("values.yaml", "a: 2\nb: {c: [1, 2]}\n");

        Assert.That(Difference(), Is.EqualTo("the chart's values.yaml changed"));
    }

    [Test]
    public void What_Helm_stores_of_dependencies_and_the_users_values_is_no_change_of_the_defaults()
    {
        _folder.Write("Chart.yaml", WithDependency);

        Assert.That(Difference("""{"a":7,"b":{"c":[1,2]},"flyteconnector":{"enabled":false}}""", """{"a":7}"""), Is.Null);
    }

    [Test]
    public void Without_metadata_it_is_no_chart()
    {
        File.Delete(Path.Combine(_folder.Path, "Chart.yaml"));

        Assert.That(() => new UnpackedChart(_folder.Path, new HelmValues()), Throws.InstanceOf<IOException>());
    }

    private string? Difference(string values = """{"a":1,"b":{"c":[1,2]}}""", string config = "{}")
    {
        var chart = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "flyte-core", ["version"] = "v1.16.8" },
            ["values"] = JsonNode.Parse(values),
            ["templates"] = new JsonArray(Template("templates/a.yaml", "kind: A\n"), Template("templates/sub/b.yaml", "kind: B\n")),
        };
        var release = HelmRelease.Decode(Stored.Secret(Stored.Release("r", 1, "deployed", (JsonObject)JsonNode.Parse(config)!, chart: chart)));
        return new UnpackedChart(_folder.Path, new HelmValues()).DifferenceFrom(release);
    }

    private static JsonObject Template(string name, string content) =>
        new() { ["name"] = name, ["data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(content)) };
}
