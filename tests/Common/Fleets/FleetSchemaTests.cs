using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Values;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Fleets;

[TestFixture]
public sealed class FleetSchemaTests
{
    private static readonly string Folder = Find();
    private static readonly JsonObject Schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "fleet.schema.json")))!.AsObject();

    [Test]
    public void The_example_is_a_valid_fleet()
    {
        var result = new FleetReader().Read(Path.Combine(Folder, "fleet.example.yaml"));
        Assert.That(result.Problems, Is.Empty);
        Assert.That(result.Fleet!.DataPlanes, Has.Count.EqualTo(2));
    }

    [Test]
    public void The_example_names_its_schema_where_editors_look() =>
        Assert.That(File.ReadLines(Path.Combine(Folder, "fleet.example.yaml")).First(), Is.EqualTo("# yaml-language-server: $schema=fleet.schema.json"));

    [Test]
    public void The_example_holds_to_the_schema() => Assert.That(Violations(Example()), Is.Empty);

    private static IEnumerable<TestCaseData> Sections()
    {
        yield return new TestCaseData("", FleetKeys.Root).SetArgDisplayNames("root");
        yield return new TestCaseData("flyte", FleetKeys.Flyte).SetArgDisplayNames("flyte");
        yield return new TestCaseData("flyte/chart", FleetKeys.Chart).SetArgDisplayNames("chart");
        yield return new TestCaseData("flyte/overlays", FleetKeys.Overlays).SetArgDisplayNames("overlays");
        yield return new TestCaseData("flyte/catalog", FleetKeys.Catalog).SetArgDisplayNames("catalog");
        yield return new TestCaseData("controlPlane", FleetKeys.ControlPlane).SetArgDisplayNames("controlPlane");
        yield return new TestCaseData("dataPlanes/*", FleetKeys.DataPlane).SetArgDisplayNames("dataPlanes");
        yield return new TestCaseData("labels/+/*", FleetKeys.WeightedCluster).SetArgDisplayNames("labels");
        yield return new TestCaseData("flyteAdmin", FleetKeys.FlyteAdmin).SetArgDisplayNames("flyteAdmin");
        yield return new TestCaseData("flyteAdmin/auth", FleetKeys.Auth).SetArgDisplayNames("auth");
        yield return new TestCaseData("executionLabels/*", FleetKeys.ExecutionLabel).SetArgDisplayNames("executionLabels");
        yield return new TestCaseData("smoke", FleetKeys.SmokePattern).SetArgDisplayNames("smoke for every label");
        yield return new TestCaseData("smoke/*", FleetKeys.Smoke).SetArgDisplayNames("smoke");
        yield return new TestCaseData("pyflyte", FleetKeys.Pyflyte).SetArgDisplayNames("pyflyte");
        yield return new TestCaseData("cloud/roles", FleetKeys.Roles).SetArgDisplayNames("roles");
        yield return new TestCaseData("cloud/serviceAccounts", FleetKeys.Roles).SetArgDisplayNames("serviceAccounts");
        yield return new TestCaseData("dataPlanes/*/create", FleetKeys.NewCluster).SetArgDisplayNames("create");
        yield return new TestCaseData("dataPlanes/*/create/nodeGroup", FleetKeys.NodeGroup).SetArgDisplayNames("nodeGroup");
        yield return new TestCaseData("cloud", FleetKeys.Cloud).SetArgDisplayNames("cloud");
    }

    [TestCaseSource(nameof(Sections))]
    public void The_schema_and_the_reader_know_the_same_keys(string path, IReadOnlyList<string> keys)
    {
        var section = At(path);
        Assert.That(section["properties"]!.AsObject().Select(property => property.Key), Is.EquivalentTo(keys));
        Assert.That((bool)section["additionalProperties"]!, Is.False);
    }

    [Test]
    public void Every_field_has_a_description_and_every_optional_one_a_default()
    {
        using (Assert.EnterMultipleScope())
        {
            foreach (var (path, field, isRequired) in Fields("", Schema))
            {
                Assert.That((string?)field["description"], Has.Length.GreaterThan(8), path);
                Assert.That(isRequired || field.ContainsKey("default"), Is.True, $"{path} has neither a default nor is it required");
            }
        }
    }

    [Test]
    public void Every_default_of_the_schema_is_the_models()
    {
        var fleet = FleetText.Read(FleetText.Valid).Fleet!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That((string?)Default("flyte", "namespace"), Is.EqualTo(fleet.Flyte.Namespace));
            Assert.That((bool?)Default("flyte", "insecure"), Is.EqualTo(fleet.Flyte.Insecure));
            Assert.That((string?)Default("flyte/chart", "name"), Is.EqualTo(fleet.Flyte.Chart.Name));
            Assert.That((string?)Default("controlPlane", "name"), Is.EqualTo(fleet.ControlPlane.Name));
            Assert.That((string?)Default("controlPlane", "release"), Is.EqualTo(fleet.ControlPlane.Release));
            Assert.That((bool?)Default("controlPlane", "runsWorkflows"), Is.EqualTo(fleet.ControlPlane.RunsWorkflows));
            Assert.That((bool?)Default("dataPlanes/*", "enabled"), Is.EqualTo(fleet.DataPlanes[0].Enabled));
            Assert.That((string?)Default("dataPlanes/*", "release"), Is.EqualTo(fleet.DataPlanes[0].Release));
            Assert.That((bool?)Default("", "sandbox"), Is.EqualTo(fleet.IsSandbox));
        }
    }

    [TestCase("flyte/chart", "version", "latest", false)]
    [TestCase("flyte/chart", "version", "^1.16.8", false)]
    [TestCase("flyte/chart", "version", "v1.16.8", true)]
    [TestCase("flyte", "endpoint", "10.0.0.1:443", false)]
    [TestCase("flyte", "endpoint", "https://flyte.example.com", false)]
    [TestCase("flyte", "endpoint", "dns:///10.0.0.1:443", true)]
    [TestCase("flyte", "endpoint", "flyte.example.com:443", true)]
    [TestCase("dataPlanes/*", "endpoint", "http://10.0.0.1:6443", false)]
    [TestCase("dataPlanes/*", "endpoint", "https://10.0.0.1:6443", true)]
    [TestCase("dataPlanes/*", "endpoint", "https://rancher.example.com/k8s/clusters/c-1", true)]
    [TestCase("dataPlanes/*", "endpoint", "https://10.0.0.1:6443/k8s?a=b", false)]
    [TestCase("dataPlanes/*", "name", "data/plane", false)]
    [TestCase("dataPlanes/*", "name", "dataplane_1", true)]
    [TestCase("dataPlanes/*", "release", "Flyte_Core", false)]
    public void A_pattern_accepts_what_the_reader_accepts(string path, string field, string text, bool isRight)
    {
        var (part, line) = (path, field) switch
        {
            ("flyte/chart", _) => ("version: v1.16.8", $"version: '{text}'"),
            ("flyte", _) => (FleetText.Endpoint, $"  endpoint: '{text}'"),
            (_, "name") => ("{name: dataplane_1, context: dataplane1}", $"{{name: '{text}', context: dataplane1}}"),
            _ => ("context: dataplane1}", $"context: dataplane1, {field}: '{text}'}}"),
        };
        var fleet = FleetText.With(part, line).Replace("id: dataplane_1", $"id: '{(field == "name" ? text : "dataplane_1")}'", StringComparison.Ordinal);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Regex.IsMatch(text, (string)At(path)["properties"]![field]!["pattern"]!), Is.EqualTo(isRight), "the schema");
            Assert.That(FleetText.Read(fleet).Problems, isRight ? Is.Empty : Is.Not.Empty, "the reader");
        }
    }

    private static JsonNode? Default(string path, string field) => At(path)["properties"]![field]!["default"];

    private static JsonObject At(string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries)
            .Aggregate(
                Schema,
                (node, step) =>
                    step switch
                    {
                        "*" => node["items"]!.AsObject(),
                        "+" => node["additionalProperties"]!.AsObject(),
                        _ => node["properties"]![step]!.AsObject(),
                    }
            );

    private static IEnumerable<(string Path, JsonObject Field, bool IsRequired)> Fields(string path, JsonObject schema)
    {
        var required = schema["required"]?.AsArray().Select(name => (string)name!).ToHashSet(StringComparer.Ordinal) ?? [];
        foreach (var (name, property) in schema["properties"]?.AsObject() ?? [])
        {
            yield return ($"{path}/{name}", property!.AsObject(), required.Contains(name));
            foreach (var inner in Fields($"{path}/{name}", property!.AsObject()))
            {
                yield return inner;
            }
        }

        foreach (var inner in new[] { schema["items"], schema["additionalProperties"] }.OfType<JsonObject>().Where(inner => inner.ContainsKey("description")))
        {
            yield return ($"{path}/*", inner, true);
            foreach (var field in Fields($"{path}/*", inner))
            {
                yield return field;
            }
        }
    }

    private static JsonObject Example() => new HelmValues().Parse(File.ReadAllText(Path.Combine(Folder, "fleet.example.yaml")), "fleet.example.yaml");

    private static IReadOnlyList<string> Violations(JsonNode document) => SchemaCheck.Violations(Schema, document);

    [Test]
    public void What_the_schema_forbids_is_found_by_the_check()
    {
        var example = Example();
        example["flyte"]!["chart"]!["path"] = "./chart";
        example["flyte"]!["colour"] = "red";
        example["controlPlane"]!["context"] = JsonNode.Parse("1");
        example["labels"]!["Label"] = JsonNode.Parse("[]");
        Assert.That(
            Violations(example),
            Is.SupersetOf(
                new[] { "/flyte/chart/path: type", "/flyte/colour: ", "/controlPlane/context: type", "/labels/Label: pattern", "/labels/Label: minItems" }
            )
        );
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "values", "fleet.schema.json")))
            {
                return Path.Combine(folder.FullName, "values");
            }
        }

        throw new FileNotFoundException("values/fleet.schema.json is not above the test's folder.");
    }
}
