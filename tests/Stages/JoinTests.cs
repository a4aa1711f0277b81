using System.Text.Json.Nodes;
using Flyte.MultiCluster.Tests.Common.Fleets;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>The join of two data planes, with either helm, and runs after it.</summary>
[TestFixture(4), TestFixture(3)]
internal sealed class JoinTests(int helm) : JoinedTests
{
    private static readonly string[] Writes = ["POST", "PUT", "PATCH", "DELETE"];

    protected override int HelmMajor => helm;

    [Test]
    public async Task The_Secret_holds_tokens_and_CAs_byte_for_byte()
    {
        var first = await DataPlane(1).SecretAsync("dataplane-1-token");
        var second = await DataPlane(2).SecretAsync("dataplane-2-token");

        Assert.That(
            await ControlPlane.SecretAsync("cluster-credentials"),
            Is.EquivalentTo(
                new Dictionary<string, string>
                {
                    ["dataplane_1_token"] = first["token"],
                    ["dataplane_1_cacert"] = first["ca.crt"],
                    ["dataplane_2_token"] = second["token"],
                    ["dataplane_2_cacert"] = second["ca.crt"],
                }
            )
        );
    }

    [Test]
    public async Task The_clusters_and_labels_are_in_flyteadmins_configuration()
    {
        var map = await ControlPlane.FlyteAsync("configmaps", "flyte-admin-clusters-config");

        Assert.That(
            (string?)map?["data"]?["clusters.yaml"],
            Does.Contain("name: dataplane_1").And.Contain("name: dataplane_2").And.Contain("label1").And.Contain("label2")
        );
    }

    [Test]
    public async Task Every_Deployment_is_available()
    {
        foreach (
            var (cluster, names) in new[]
            {
                (ControlPlane, new[] { "datacatalog", "flyteadmin", "flyteconsole", "syncresources" }),
                (DataPlane(1), ["flyte-pod-webhook", "flytepropeller"]),
                (DataPlane(2), ["flyte-pod-webhook", "flytepropeller"]),
            }
        )
        {
            var deployments = await cluster.ListAsync("deployments");
            Assert.That(deployments.Keys, Is.EqualTo(names), cluster.Name);
            Assert.That(deployments.Values.Select(deployment => (int?)deployment["status"]?["availableReplicas"]), Is.All.EqualTo(1), cluster.Name);
        }
    }

    [Test]
    public async Task A_second_run_changes_nothing_and_writes_nothing()
    {
        var writes = await Bed.WritesAsync();
        var before = await MutationsAsync();

        var second = (await RunAsync()).Expect(0);

        Assert.Multiple(async () =>
        {
            Assert.That(second.Changes, Is.Empty);
            Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
            Assert.That(await MutationsAsync(), Is.EqualTo(before));
            Assert.That(before, Is.Not.Empty);
        });
    }

    [Test]
    public async Task A_plan_afterwards_finds_nothing()
    {
        var plan = (await RunAsync("--plan", "--detailed-exitcode")).Expect(0);

        Assert.That(plan.Changes, Is.Empty);
    }

    [Test]
    public async Task A_deleted_Deployment_and_an_edited_ConfigMap_are_restored()
    {
        await DataPlane(1).DeleteAsync("deployments", "flytepropeller");
        Bed.Kubectl("dataplane2", """patch configmap flyte-propeller-config --type=merge -p {"data":{"admin.yaml":"edited"}}""");

        var run = (await RunAsync()).Expect(0);

        Assert.That(run.Changes, Is.EquivalentTo(new[] { "dataplane_1 update HelmRelease flyte-core-data", "dataplane_2 update HelmRelease flyte-core-data" }));
        Assert.That((int?)(await DataPlane(1).FlyteAsync("deployments", "flytepropeller"))?["status"]?["availableReplicas"], Is.EqualTo(1));
        Assert.That(
            (string?)(await DataPlane(2).FlyteAsync("configmaps", "flyte-propeller-config"))?["data"]?["admin.yaml"],
            Does.Contain("dns:///flyteadmin.flyte.svc:81")
        );
        Assert.That((await RunAsync()).Changes, Is.Empty);
    }

    [Test]
    public async Task No_secret_is_reported_written_or_passed_on_a_command_line()
    {
        var credentials = await ControlPlane.SecretAsync("cluster-credentials");
        var tokens = credentials
            .Where(entry => entry.Key.EndsWith("_token", StringComparison.Ordinal))
            .SelectMany(entry => new[] { entry.Value, ClusterView.Decode(entry.Value) })
            .ToArray();
        var reported = string.Concat(
            Directory
                .EnumerateFiles(Path.Combine(Bed.Folder, "artifacts"), "*", SearchOption.AllDirectories)
                .Select(File.ReadAllText)
                .Append(Join.Output)
                .Append(Join.Report.ToJsonString())
                .Append(await File.ReadAllTextAsync(Bed.CommandLines))
        );

        Assert.That(tokens, Has.Length.EqualTo(4));
        Assert.That(tokens.Where(reported.Contains), Is.Empty);
        Assert.That(reported, Does.Not.Contain("PRIVATE KEY").And.Not.Contain("LS0tLS1CRUdJTi"));
        Assert.That(reported, Does.Contain("helm upgrade --install"), "The command lines were not seen.");
    }

    [Test]
    public void The_report_reports_changes_clusters_stages_and_processes()
    {
        var report = Join.Report;

        Assert.Multiple(() =>
        {
            Assert.That((string?)report["target"], Is.EqualTo("AddDataPlane"));
            Assert.That((string?)report["fleet"], Is.EqualTo(Path.Combine(Bed.Folder, "fleet.yaml")));
            Assert.That((int?)report["exitCode"], Is.Zero);
            Assert.That((long?)report["durationMs"], Is.Positive);
            Assert.That((int?)report["childProcesses"], Is.InRange(6, 12));
            Assert.That(Join.Changes, Does.Contain("dataplane_1 create Secret dataplane-1-token").And.Contain("controlplane create HelmRelease flyte-core"));
            Assert.That(
                report["clusters"]!.AsArray().Select(cluster => $"{cluster!["name"]} {cluster["outcome"]} {cluster["error"]?.ToJsonString() ?? "null"}"),
                Is.EqualTo(new[] { "controlplane changed null", "dataplane_1 changed null", "dataplane_2 changed null" })
            );
            Assert.That(
                report["stages"]!.AsArray().Select(stage => $"{stage!["name"]} {stage["cluster"]} {stage["status"]}"),
                Does.Contain("InstallDataPlane dataplane_1 done").And.Contain("UpgradeControlPlane controlplane done")
            );
            Assert.That(
                report["stages"]!.AsArray().Select(stage => stage!["durationMs"]!.GetValueKind()),
                Is.All.EqualTo(System.Text.Json.JsonValueKind.Number)
            );
        });
    }

    [Test]
    public void The_report_fits_its_schema()
    {
        var schema = File.ReadAllText(Path.Combine(Sandbox.Chart.Helm.Root, "docs", "report.schema.json"));

        Assert.That(SchemaCheck.Violations(JsonNode.Parse(schema)!, Join.Report), Is.Empty);
    }

    private async Task<IReadOnlyList<string>> MutationsAsync() => [.. (await Bed.RequestsAsync()).Where(IsMutation).Select(Text).Order(StringComparer.Ordinal)];

    private static bool IsMutation(JsonObject request) =>
        Writes.Contains((string?)request["method"]) && !((string)request["path"]!).Contains("reviews", StringComparison.Ordinal);

    private static string Text(JsonObject request) => $"{request["method"]} {request["path"]}";
}
