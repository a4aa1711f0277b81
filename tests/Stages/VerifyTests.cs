using System.Text.Json.Nodes;
using System.Xml.Linq;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.Verification;
using Flyte.MultiCluster.Tests.Common.Fleets;
using Flyte.MultiCluster.Tests.Docs;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>Verify of two joined data planes, with one thing wrong at a time.</summary>
internal sealed class VerifyTests : JoinedTests
{
    protected override string JoinedFleet =>
        AdminTests.Fleet(Bed, ["flytesnacks/development=label1", "flytesnacks/staging=label2"], AdminTests.Smoke, name: "verify");

    [Test]
    public async Task Of_a_healthy_fleet_every_check_is_ok_and_nothing_is_written()
    {
        var writes = await Bed.WritesAsync();

        var run = (await RunAsync("--target=Verify", "--output=json")).Expect(0);

        var document = Document(run);
        Assert.That(Found(document, "failed", "warning"), Is.Empty);
        Assert.That(
            Found(document, "skipped"),
            Is.EqualTo(
                new[]
                {
                    "propeller-login",
                    CheckNames.CloudLogin,
                    CheckNames.OidcProvider,
                    CheckNames.TrustPolicy,
                    CheckNames.BucketPolicy,
                    CheckNames.CloudIdentity,
                    "workload-identity",
                }
            ),
            "The fleet has no cloud."
        );
        Assert.That(
            document["checks"]!.AsArray().Select(result => (string?)result!["check"]).Distinct(),
            Is.EqualTo(CheckCatalog.Verify.Select(check => check.Name))
        );
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        Assert.That(run.Report["exitCode"]!.GetValue<int>(), Is.Zero);
    }

    [TestCaseSource(typeof(Fault), nameof(Fault.All))]
    public async Task What_is_broken_is_found_by_its_own_check_and_by_no_other(Fault fault)
    {
        var undo = new List<Func<Task>>();
        var arguments = await fault.BreakAsync(Bed, undo);

        var run = await RunAsync(["--target=Verify", "--output=json", .. arguments]);
        await Bed.Control.ClearFaultsAsync(default);
        foreach (var step in undo)
            await step();

        var document = Document(run);
        Assert.That(Found(document, "failed", "warning").Distinct(), Is.EqualTo(new[] { fault.Check }), run.Output);
        Assert.That(run.ExitCode, Is.EqualTo(Found(document, "failed").Any() ? ExitCode.Failed : ExitCode.Done));
        Assert.That(
            document["checks"]!.AsArray().Where(result => (string?)result!["status"] is "failed" or "warning").Select(result => (string?)result!["remedy"]),
            Is.All.Not.Null
        );
    }

    [Test]
    public async Task A_rotated_token_that_nobody_has_loaded_is_found_and_AddDataPlane_fixes_it()
    {
        await DataPlane(2)
            .DeleteAsync(
                "secrets",
                (await DataPlane(2).ListAsync("secrets")).Keys.Single(name => name.StartsWith("dataplane-2-token", StringComparison.Ordinal))
            );
        (await RunAsync("--target=ApplyClusterCredentials")).Expect(0);
        await RotatedLaterThanPodsAsync();

        var run = (await RunAsync("--target=Verify", "--output=json")).Expect(ExitCode.Failed);

        Assert.That(Found(Document(run), "failed", "warning"), Is.EqualTo(new[] { "loaded-credentials" }), run.Output);
        (await RunAsync()).Expect(0);
        (await RunAsync("--target=Verify")).Expect(0);
    }

    [Test]
    public async Task An_endpoint_of_another_cluster_that_everybody_believes_is_found()
    {
        await UpgradeAsync(entry => entry["endpoint"] = Bed.Endpoint(1));

        var run = (
            await RunAsync("--target=Verify", "--output=json", $"--fleet={Bed.Fleet($"{Bed.Plane(1)}, {Bed.Plane(2, endpoint: 1)}", name: "endpoint")}")
        ).Expect(ExitCode.Failed);
        (await RunAsync()).Expect(0);

        Assert.That(Found(Document(run), "failed", "warning"), Is.EqualTo(new[] { "endpoint" }), run.Output);
    }

    [Test]
    public async Task A_mistyped_path_that_the_release_has_too_is_found()
    {
        await UpgradeAsync(entry => entry["auth"]!["tokenPath"] = "/var/run/credentals/dataplane_2_token");

        var run = (await RunAsync("--target=Verify", "--output=json")).Expect(ExitCode.Failed);
        (await RunAsync()).Expect(0);

        Assert.That(Found(Document(run), "failed", "warning"), Does.Contain("secret-keys"), run.Output);
    }

    [Test]
    public async Task Junit_stands_alone_on_standard_output()
    {
        await ControlPlane.PatchAsync("secrets", "cluster-credentials", """{"data": {"dataplane_2_token": null} }""");

        var run = (await RunAsync("--target=Verify", "--output=junit")).Expect(ExitCode.Failed);
        (await RunAsync()).Expect(0);

        var failed = XDocument.Parse(run.StandardOutput).Descendants("testcase").Single(found => found.Element("failure") is not null);
        Assert.That((string?)failed.Attribute("classname"), Is.EqualTo("flyte-multicluster.secret-keys"));
        Assert.That((string?)failed.Attribute("name"), Is.EqualTo("dataplane_2"));
    }

    [Test]
    public async Task The_table_reports_what_is_wrong_its_remedy_and_the_next_command()
    {
        await ControlPlane.PatchAsync("secrets", "cluster-credentials", """{"data": {"dataplane_2_token": null} }""");

        var run = (await RunAsync("--target=Verify")).Expect(ExitCode.Failed);
        (await RunAsync()).Expect(0);

        Assert.That(run.StandardOutput, Does.Match(@"failed +secret-keys +dataplane_2 .* Secret cluster-credentials has no dataplane_2_token"));
        Assert.That(
            run.StandardOutput,
            Does.Contain("Run AddDataPlane, which stores it")
                .And.Match(@"\d+ checks: \d+ ok, 1 failed, \d+ skipped, in ")
                .And.Contain("Next: fix what is reported above, then")
        );
        Assert.That(run.StandardOutput, Does.Not.Contain("\e["));
    }

    [TestCase("--fleet=/nowhere.yaml", "/nowhere.yaml")]
    [TestCase("--frobnicate", "--frobnicate")]
    [TestCase("--cluster=dataplane_9", "--cluster")]
    public async Task A_refusal_is_one_JSON_document_too(string argument, string place)
    {
        var document = Document((await RunAsync("--target=Verify", "--output=json", argument)).Expect(ExitCode.Refused));

        Assert.That(document["problems"]!.AsArray().Select(problem => (string?)problem!["place"]), Is.EqualTo(new[] { place }));
        Assert.That(document["checks"]!.AsArray(), Is.Empty);
    }

    // By hand, the second data plane's entry in the release itself.
    private async Task UpgradeAsync(Action<JsonNode> change)
    {
        var values = Path.Combine(Bed.Folder, "by-hand.yaml");
        var live = (await ControlPlane.ReleaseAsync("flyte-core"))!.Value.Release["config"]!["configmap"]!["clusters"]!["clusterConfigs"]!.DeepClone();
        change(live[1]!);
        await File.WriteAllTextAsync(
            values,
            new JsonObject { ["configmap"] = new JsonObject { ["clusters"] = new JsonObject { ["clusterConfigs"] = live } } }.ToJsonString()
        );
        Bed.Helm("controlplane", $"upgrade flyte-core {Bed.Chart} --reuse-values --values {values}");
    }

    internal static JsonObject Document(Finished run)
    {
        var document = (JsonObject)JsonNode.Parse(run.StandardOutput)!;
        Assert.That(SchemaCheck.Violations(JsonNode.Parse(Repository.Read("docs/verify.schema.json"))!, document), Is.Empty);
        return document;
    }

    internal static IEnumerable<string> Found(JsonObject document, params string[] statuses) =>
        document["checks"]!
            .AsArray()
            .Where(result => statuses.Contains((string?)result!["status"], StringComparer.Ordinal))
            .Select(result => (string)result!["check"]!);

    // Both are told to the second: written again until it is a later one.
    private async Task RotatedLaterThanPodsAsync()
    {
        var secret = await ControlPlane.FlyteAsync("secrets", "cluster-credentials");
        var began = (await ControlPlane.ListAsync("pods")).Values.Max(pod => (string?)pod["metadata"]!["creationTimestamp"]);
        while (string.CompareOrdinal(secret!["metadata"]!["managedFields"]!.AsArray().Max(entry => (string?)entry!["time"]), began) <= 0)
        {
            await Task.Delay(50);
            var token = (string)secret["data"]!["dataplane_2_token"]!;
            await ControlPlane.PatchAsync("secrets", "cluster-credentials", """{"data": {"dataplane_2_token": null} }""");
            await ControlPlane.PatchAsync("secrets", "cluster-credentials", $$"""{"data": {"dataplane_2_token": "{{token}}"} }""");
            secret = await ControlPlane.FlyteAsync("secrets", "cluster-credentials");
        }
    }
}
