using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Charts;
using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.ControlPlanes;
using Flyte.MultiCluster.Tasks.ValuesOverrides;
using Flyte.MultiCluster.Tests.Common.Kubernetes;
using Flyte.MultiCluster.Tests.Common.Releases;
using Flyte.MultiCluster.Tests.Common.Run;
using Flyte.MultiCluster.Tests.Common.Values;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.ControlPlanes;

/// <summary>What an upgrade of the control plane would destroy.</summary>
internal sealed class UpgradeCheckTests
{
    private const string Definition = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: flyteworkflows.flyte.lyft.com}\n";
    private const string Workflows = "/apis/flyte.lyft.com/v1alpha1/flyteworkflows";

    private static readonly JsonObject Off = new() { ["flytepropeller"] = new JsonObject { ["enabled"] = false } };

    [Test]
    public async Task Values_that_would_be_lost_are_refused_by_path_and_without_their_content()
    {
        using var run = Run();

        var refused = await RefusedAsync(run, Live(new JsonObject { ["secret"] = new JsonObject { ["password"] = "hunter2" } }), []);

        Assert.That(refused!.Problems.Single().What, Does.Contain("secret.password").And.Not.Contain("hunter2"));
    }

    [Test]
    public async Task Values_of_the_deployed_revision_under_a_failed_one_count_too()
    {
        using var run = Run();
        var live = Live([], status: "failed").Over(Live(new JsonObject { ["kept"] = 1 }));

        Assert.That((await RefusedAsync(run, live, []))!.Problems.Single().What, Does.Contain("kept"));
    }

    [Test]
    public async Task A_loss_that_was_accepted_is_noted()
    {
        using var run = Run(new RunOptions { AcceptValueLoss = true });

        Assert.That(await RefusedAsync(run, Live(new JsonObject { ["a"] = 1 }), []), Is.Null);
        Assert.That(run.Context.Journal.Notes.Single(), Does.Contain(": a."));
    }

    [Test]
    public async Task Of_several_losses_those_that_are_named_are_accepted()
    {
        using var run = Run(new RunOptions { AcceptValueLoss = true, AcceptedValues = ["a.b"] });

        var refused = await RefusedAsync(run, Live((JsonObject)JsonNode.Parse("""{"a": {"b": {"c": 1}}, "d": 2}""")!), []);

        Assert.That(refused!.Problems.Single().What, Does.EndWith("would lose them: d."));
        Assert.That(run.Context.Journal.Notes.Single(), Does.EndWith("as accepted: a.b.c."));
    }

    [Test]
    public async Task A_path_that_would_not_be_lost_is_reported_with_the_nearest()
    {
        using var run = Run(new RunOptions { AcceptValueLoss = true, AcceptedValues = ["flyteadmin.evn"] });

        var refused = await RefusedAsync(run, Live((JsonObject)JsonNode.Parse("""{"flyteadmin": {"env": 1}}""")!), []);

        Assert.That(
            refused!.Problems.Select(problem => $"{problem.Place} {problem.Remedy}"),
            Has.One.EqualTo("--accept-value-loss Did you mean 'flyteadmin.env'?")
        );
    }

    [TestCase("team1/development=gone", "FlyteAdmin has rows with it")]
    [TestCase("team1/development=label1", null)]
    [TestCase("", "it is not known whether FlyteAdmin has rows with it")]
    public async Task A_label_that_left_the_fleet_is_refused_while_FlyteAdmin_has_rows_with_it(string row, string? expected)
    {
        var admin = row.Length == 0 ? null : new ExecutionLabels.InMemoryFlyteAdmin().With(row.Split('=')[0], row.Split('=')[1]);
        using var run = Run(admin: admin);
        using var accepting = Run(new RunOptions { AcceptValueLoss = true, AcceptedValues = ["configmap.clusters.labelClusterMap.gone"] }, admin: admin);
        var live = run.Values.Parse("configmap: {clusters: {labelClusterMap: {gone: [{id: dp1, weight: 1}], label1: [{id: dp1, weight: 1}]}}}", "live");
        var wanted = run.Values.Parse("configmap: {clusters: {labelClusterMap: {label1: [{id: dp1, weight: 1}]}}}", "wanted");

        var refused = await RefusedAsync(run, Live(live), wanted);

        Assert.That(refused?.Problems.Single().Place, Is.EqualTo(expected is null ? null : "label gone"));
        Assert.That(refused?.Problems.Single().What, expected is null ? Is.Null : Does.Contain(expected));
        Assert.That(
            refused?.Problems.Single().Remedy,
            expected is null ? Is.Null : Does.Contain("--accept-value-loss=configmap.clusters.labelClusterMap.gone")
        );
        Assert.That(await RefusedAsync(accepting, Live(live), wanted), Is.Null);
        Assert.That(new UpgradeCheck(run.Context, run.Values).Removed(Live(live), wanted), Is.EqualTo(new[] { "gone" }));
    }

    [Test]
    public async Task The_rows_of_a_label_that_left_the_fleet_are_listed_with_the_command_that_moves_them()
    {
        using var run = Run(admin: new ExecutionLabels.InMemoryFlyteAdmin().With("team1/development", "gone").With("team2/production/wf", "Gone"));

        var refused = await RefusedAsync(
            run,
            Live(run.Values.Parse("configmap: {clusters: {labelClusterMap: {gone: [], label1: []}}}", "live")),
            run.Values.Parse("configmap: {clusters: {labelClusterMap: {label1: []}}}", "wanted")
        );

        Assert.That(refused!.Problems.Single().What, Does.EndWith(": team1/development, team2/production/wf."));
        Assert.That(
            refused.Problems.Single().Remedy,
            Does.Contain("executionLabels").And.Contain("./build.sh --target=UpdateExecutionClusterLabels --exclusive")
        );
    }

    [Test]
    public async Task Rows_that_only_a_new_label_could_take_need_the_removed_label_for_one_more_run()
    {
        using var run = Run(admin: new ExecutionLabels.InMemoryFlyteAdmin().With("team1/development", "gone"));

        var refused = await RefusedAsync(
            run,
            Live(run.Values.Parse("configmap: {clusters: {labelClusterMap: {gone: [], other: []}}}", "live")),
            run.Values.Parse("configmap: {clusters: {labelClusterMap: {other: []}}}", "wanted")
        );

        Assert.That(
            refused!.Problems.Single().Remedy,
            Does.Contain("Put gone back into the fleet's labels for one run, which adds label1 and moves the rows; then remove it and run again.")
                .And.Not.Contain("--exclusive")
        );
    }

    [Test]
    public async Task What_the_old_charts_own_values_files_said_is_no_loss_and_what_the_new_chart_does_not_know_is_noted()
    {
        using var run = Run();
        var live = Old("{flyteagent: {enabled: false}, flytepropeller: {cacheSizeMbs: 1024, byHand: 2, createCRDs: 3}, db: {host: mine}}");

        var refused = await RefusedAsync(run, live, (JsonObject)JsonNode.Parse("""{"flytepropeller": {"enabled": true}}""")!);

        Assert.That(refused!.Problems.Single().What, Does.EndWith("would lose them: flytepropeller.createCRDs."));
        Assert.That(run.Context.Journal.Notes.Single(), Does.EndWith("no effect: flytepropeller.byHand, db.host."));
    }

    [Test]
    public async Task A_value_that_is_another_than_the_old_charts_own_files_is_somebodys()
    {
        using var run = Run();
        run.Folder.Write("chart/values.yaml", "flytepropeller: {enabled: true, createCRDs: true}\nflyteagent: {enabled: false}\n");

        var refused = await RefusedAsync(run, Old("{flyteagent: {enabled: true}}"), (JsonObject)JsonNode.Parse("""{"flytepropeller": {"enabled": true}}""")!);

        Assert.That(refused!.Problems.Single().What, Does.EndWith(": flyteagent.enabled."));
    }

    [Test]
    public async Task Of_the_same_chart_an_unknown_value_is_a_loss()
    {
        using var run = Run();

        Assert.That(
            (await RefusedAsync(run, Live((JsonObject)JsonNode.Parse("""{"flytepropeller": {"byHand": 2}}""")!), []))!.Problems.Single().What,
            Does.EndWith(": flytepropeller.byHand.")
        );
    }

    [Test]
    public async Task What_only_the_live_lists_have_is_a_loss_like_any_other()
    {
        using var run = Run();

        var refused = await RefusedAsync(run, Live([]), [], composed: new ValuesOverride([], []) { Lost = ["flyteadmin.additionalVolumes.db-ca"] });

        Assert.That(refused!.Problems.Single().What, Does.EndWith(": flyteadmin.additionalVolumes.db-ca."));
    }

    [Test]
    public async Task Workflows_that_would_be_deleted_with_their_definition_are_refused()
    {
        using var run = Run();
        run.ControlServer.On(Workflows, FakeApiServer.Ok("""{"items":[{},{}]}"""));

        Assert.That((await RefusedAsync(run, Live([], Definition), Off))!.Problems.Single().What, Does.Contain("all 2 workflow objects"));
    }

    [Test]
    public async Task All_that_would_be_lost_is_reported_at_once()
    {
        using var run = Run();
        run.ControlServer.On(Workflows, FakeApiServer.Ok("""{"items":[{}]}"""));

        Assert.That((await RefusedAsync(run, Live(new JsonObject { ["a"] = 1 }, Definition), Off))!.Problems, Has.Count.EqualTo(2));
    }

    private static readonly TestCaseData[] Harmless =
    [
        new(Definition, """{"flytepropeller":{"enabled":true}}""", """{"items":[{}]}""", false),
        new(Definition, """{"flytepropeller":{"enabled":false}}""", """{"items":[]}""", false),
        new(Definition, """{"flytepropeller":{"enabled":false}}""", """{"items":[{}]}""", true),
        new(string.Empty, """{"flytepropeller":{"enabled":false}}""", """{"items":[{}]}""", false),
    ];

    [TestCaseSource(nameof(Harmless))]
    public async Task Where_no_workflow_is_lost_or_that_was_accepted_the_upgrade_goes_on(string manifest, string wanted, string workflows, bool accepted)
    {
        using var run = Run(new RunOptions { AcceptCrdDeletion = accepted });
        run.ControlServer.On(Workflows, FakeApiServer.Ok(workflows));

        Assert.That(await RefusedAsync(run, Live([], manifest), (JsonObject)JsonNode.Parse(wanted)!), Is.Null);
    }

    [Test]
    public async Task With_a_cloud_what_only_the_live_lists_have_is_refused_entry_by_entry()
    {
        using var run = Run();
        var live = (JsonObject)
            JsonNode.Parse(
                """{"cluster_resource_manager": {"config": {"cluster_resources": {"customData": [{"production": [{"gpu": {"value": "hunter2"}}, {"defaultIamRole": {"value": "old"}}]}]}}}}"""
            )!;
        var wanted = (JsonObject)
            JsonNode.Parse(
                """{"cluster_resource_manager": {"config": {"cluster_resources": {"customData": [{"production": [{"defaultIamRole": {"value": "new"}}]}]}}}}"""
            )!;

        var refused = await RefusedAsync(
            run,
            Live(live),
            wanted,
            new OverrideFile(run.Context, new CloudIdentities("a", "defaultIamRole", "cp", "dp", "w"), run.Values)
        );

        Assert.That(
            refused!.Problems.Single().What,
            Does.Contain("cluster_resource_manager.config.cluster_resources.customData.production.gpu.")
                .And.Not.Contain("defaultIamRole")
                .And.Not.Contain("hunter2")
        );
        Assert.That(await RefusedAsync(run, Live(live), wanted), Is.Null, "Without a cloud a list is one value, as it is to Helm.");
    }

    [TestCase("", true)]
    [TestCase("cluster_resource_manager: {config: {cluster_resources: {customData: [{production: [{cpu: {value: \"5\"}}]}]}}}", false)]
    public async Task A_live_quota_that_would_fall_back_to_the_charts_is_refused_unless_the_fleets_files_set_the_list(string file, bool isRefused)
    {
        using var folder = new TemporaryFolder();
        var fleet = SomeFleet.Of(1);
        using var run = Run(fleet: fleet with { ControlPlane = fleet.ControlPlane with { Values = [folder.Write("cp.yaml", file)] } });
        var live = CustomData("100");

        var refused = await RefusedAsync(
            run,
            Live(live),
            CustomData("5"),
            new OverrideFile(run.Context, new CloudIdentities("a", "defaultIamRole", "cp", "dp", "w"), run.Values)
        );

        Assert.That(refused?.Problems.Single().What, isRefused ? Does.Contain("customData.production.cpu.") : Is.Null);
    }

    [Test]
    public async Task A_quota_of_the_live_releases_own_chart_may_change_with_the_chart()
    {
        using var run = Run();
        var live = HelmRelease.Decode(
            Stored.Secret(Stored.Release("flyte-core", 1, "deployed", CustomData("100"), chart: new JsonObject { ["values"] = CustomData("100") }))
        );

        Assert.That(
            await RefusedAsync(
                run,
                live,
                CustomData("5"),
                new OverrideFile(run.Context, new CloudIdentities("a", "defaultIamRole", "cp", "dp", "w"), run.Values)
            ),
            Is.Null
        );
    }

    [Test]
    public async Task Without_a_cloud_again_the_annotation_of_the_pods_is_no_loss_and_the_roles_are()
    {
        using var run = Run();
        JsonObject live = [];
        IdentityValues.Annotate(live, new CloudIdentities("a", "defaultIamRole", "cp", "dp", "w"), isControlPlane: true, runsWorkflows: false);

        Assert.That(
            (await RefusedAsync(run, Live(live), []))!.Problems.Single().What,
            Does.EndWith(": flyteadmin.serviceAccount.annotations.a, datacatalog.serviceAccount.annotations.a.")
        );
    }

    [TestCase("[{name: dp1}, {name: stranger}]", "old", true)]
    [TestCase("[{name: dp1}, {name: stranger}]", "w", false)]
    [TestCase("[{name: dp1}]", "old", false)]
    public async Task A_workers_role_that_other_fleets_clusters_have_is_not_changed_under_them(string clusters, string role, bool isRefused)
    {
        using var run = Run();
        var live = run.Values.Parse(
            $"configmap: {{clusters: {{clusterConfigs: {clusters}}}}}\ncluster_resource_manager: {{config: {{cluster_resources: {{customData: "
                + $"[{{production: [{{defaultIamRole: {{value: {role}}}}}]}}]}}}}}}",
            "live"
        );

        var refused = await RefusedAsync(
            run,
            Live(live),
            live,
            new OverrideFile(run.Context, new CloudIdentities("a", "defaultIamRole", "cp", "dp", "w"), run.Values)
        );

        Assert.That(refused?.Problems.Single().What, isRefused ? Does.Contain("(stranger)").And.Contain("gives them old") : Is.Null);
    }

    private static async Task<RefusedException?> RefusedAsync(
        TestRun run,
        HelmRelease live,
        JsonObject wanted,
        OverrideFile? file = null,
        ValuesOverride? composed = null
    )
    {
        try
        {
            await new UpgradeCheck(run.Context, run.Values, file).RefuseLossAsync(live, wanted, default, composed);
            return null;
        }
        catch (RefusedException refused)
        {
            return refused;
        }
    }

    // A release of flyte-core 1.15: its chart carries its own values files.
    private static HelmRelease Old(string config)
    {
        var chart = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "flyte-core", ["version"] = "v1.15.3" },
            ["files"] = new JsonArray(
                File("values-controlplane.yaml", "flyteagent: {enabled: false}\n"),
                File("values-eks.yaml", "flytepropeller: {cacheSizeMbs: 1024}\n"),
                File("README.md", "{{ no: yaml")
            ),
        };
        return HelmRelease.Decode(Stored.Secret(Stored.Release("flyte-core", 1, "deployed", new HelmValues().Parse(config, "old"), chart: chart)));

        static JsonObject File(string name, string content) =>
            new() { ["name"] = name, ["data"] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(content)) };
    }

    private static HelmRelease Live(JsonObject config, string manifest = "", string status = "deployed") =>
        HelmRelease.Decode(Stored.Secret(Stored.Release("flyte-core", 1, status, config, manifest)));

    private static JsonObject CustomData(string cpu) =>
        new HelmValues().Parse(
            $"cluster_resource_manager: {{config: {{cluster_resources: {{customData: [{{production: [{{cpu: {{value: \"{cpu}\"}}}}]}}]}}}}}}",
            "test"
        );

    private static TestRun Run(RunOptions? options = null, Fleet? fleet = null, IFlyteAdmin? admin = null)
    {
        var run = new TestRun(options, fleet: fleet, admin: admin);
        run.Folder.Write("chart/Chart.yaml", "name: flyte-core\nversion: v1.16.8\n");
        run.Folder.Write("chart/values-controlplane.yaml", string.Empty);
        run.Folder.Write("chart/values.yaml", "flytepropeller: {enabled: true, createCRDs: true}\n");
        run.Context.Run.Chart = new UnpackedChart(Path.Combine(run.Folder.Path, "chart"), run.Values);
        return run;
    }
}
