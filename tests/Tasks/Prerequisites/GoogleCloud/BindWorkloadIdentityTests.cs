using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Prerequisites.Aws;
using Flyte.MultiCluster.Tasks.Prerequisites.GoogleCloud;
using Flyte.MultiCluster.Tests.Common.Kubernetes;
using Flyte.MultiCluster.Tests.Common.Run;
using Flyte.MultiCluster.Tests.Common.Values;
using Flyte.MultiCluster.Tests.Tasks.ExecutionLabels;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.Prerequisites.GoogleCloud;

/// <summary>Who is bound to which Google service account, with gcloud's stub.</summary>
[Platform(Exclude = "Win", Reason = "The tools are scripts.")]
internal sealed class BindWorkloadIdentityTests
{
    private const string BaseConfig = "/api/v1/namespaces/flyte/configmaps/flyte-admin-base-config";

    private static readonly string[] Namespaces =
    [
        "team1-development/default",
        "team1-production/default",
        "team2-development/default",
        "team2-production/default",
    ];

    private GcloudBed _bed = null!;

    [SetUp]
    public void Make() => _bed = new GcloudBed();

    [TearDown]
    public void Clean() => _bed.Dispose();

    [Test]
    public async Task Day_1_binds_everybody_as_planned_and_a_second_run_and_a_second_cluster_change_nothing()
    {
        var planned = await _bed.BindAsync(options: new RunOptions { Plan = true });
        Assert.That(_bed.Writes, Is.Zero);
        Assert.That(
            _bed.Last.Lines,
            Has.Some.EqualTo($"[gcp] would create WorkloadIdentityBinding {GcloudBed.Workers} (+ serviceAccount:p.svc.id.goog[team1-development/default])")
        );

        Assert.That(await _bed.BindAsync(), Is.EqualTo(planned));
        Assert.That(planned, Has.Count.EqualTo(7));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_bed.Members(GcloudBed.ControlPlane), Is.EquivalentTo(new[] { "flyte/flyteadmin", "flyte/datacatalog" }));
            Assert.That(_bed.Members(GcloudBed.DataPlane), Is.EqualTo(new[] { "flyte/flytepropeller" }));
            Assert.That(_bed.Members(GcloudBed.Workers), Is.EquivalentTo(Namespaces));
        }

        Assert.That(await _bed.BindAsync(GcloudBed.Fleet(2)), Is.Empty);
        Assert.That(_bed.Writes, Is.EqualTo(7));
    }

    [Test]
    public async Task The_summary_says_that_a_later_project_needs_another_run_and_that_run_adds_its_namespaces_alone()
    {
        await _bed.BindAsync();
        Assert.That(
            _bed.Last.Context.Journal.Notes,
            Has.Some.Contains($"4 namespaces act as {GcloudBed.Workers}").And.Some.Contains("created later needs another run of BindWorkloadIdentity")
        );

        _bed.Admin.Projects.Add("team3");
        Assert.That(await _bed.BindAsync(), Has.Count.EqualTo(2).And.All.Contains("[team3-"));
    }

    [Test]
    public async Task Members_and_conditions_that_are_not_the_fleets_stay()
    {
        var foreign = JsonNode.Parse(
            """[{"role": "roles/iam.workloadIdentityUser", "members": ["serviceAccount:p.svc.id.goog[other/default]"]}, {"role": "roles/iam.serviceAccountTokenCreator", "members": ["user:joe@example.com"], "condition": {"title": "t", "expression": "true"}}]"""
        )!;
        _bed.Set(state => state["accounts"]![GcloudBed.Workers]!["bindings"] = foreign.DeepClone());

        await _bed.BindAsync();

        Assert.That(_bed.Members(GcloudBed.Workers), Is.EquivalentTo(Namespaces.Append("other/default")));
        Assert.That(JsonNode.DeepEquals(_bed.State["accounts"]![GcloudBed.Workers]!["bindings"]![1], foreign[1]), Is.True);
    }

    [Test]
    public async Task A_member_that_has_the_role_under_a_condition_only_is_bound()
    {
        _bed.Set(state =>
            state["accounts"]![GcloudBed.DataPlane]!["bindings"] = new JsonArray(
                new JsonObject
                {
                    ["role"] = GcloudBed.Role,
                    ["members"] = new JsonArray(GcloudBed.Member("flyte/flytepropeller")),
                    ["condition"] = new JsonObject { ["title"] = "t", ["expression"] = "false" },
                }
            )
        );

        Assert.That(await _bed.BindAsync(), Has.Some.Contains("flyte/flytepropeller"));
        Assert.That(_bed.Members(GcloudBed.DataPlane), Is.EqualTo(new[] { "flyte/flytepropeller" }));
    }

    [Test]
    public async Task One_Google_service_account_for_all_gets_all_members()
    {
        var fleet = GcloudBed.Fleet();

        await _bed.BindAsync(fleet with { Gcp = fleet.Gcp! with { DataPlane = GcloudBed.ControlPlane, Workers = GcloudBed.ControlPlane } });

        Assert.That(
            _bed.Members(GcloudBed.ControlPlane),
            Is.EquivalentTo(new[] { "flyte/flyteadmin", "flyte/datacatalog", "flyte/flytepropeller" }.Concat(Namespaces))
        );
        Assert.That(_bed.Members(GcloudBed.Workers), Is.Empty);
    }

    [Test]
    public async Task What_somebody_else_writes_in_between_is_kept_and_the_member_added_again()
    {
        Other("before", "add", "other/default");

        await _bed.BindAsync();

        Assert.That(_bed.Members(GcloudBed.Workers), Is.EquivalentTo(Namespaces.Append("other/default")));
    }

    [Test]
    public async Task A_member_that_somebody_else_overwrites_is_found_by_reading_back_and_added_again()
    {
        Other("after", "remove", "team1-development/default");

        await _bed.BindAsync();

        Assert.That(_bed.Last.Lines, Has.Some.Contains("somebody else wrote its policy at the same time"));
        Assert.That(_bed.Members(GcloudBed.Workers), Is.EquivalentTo(Namespaces));
    }

    [Test]
    public async Task Two_operators_at_once_lose_nothing()
    {
        var other = new InMemoryFlyteAdmin();
        other.Projects.Clear();
        other.Projects.AddRange(["team8", "team9"]);

        using var bed = new GcloudBed(processes: true);
        await Task.WhenAll(bed.BindAsync(), bed.BindAsync(admin: other));

        Assert.That(
            bed.Members(GcloudBed.Workers),
            Is.EquivalentTo([.. Namespaces, "team8-development/default", "team8-production/default", "team9-development/default", "team9-production/default"])
        );
        Assert.That(bed.Members(GcloudBed.ControlPlane), Is.EquivalentTo(new[] { "flyte/flyteadmin", "flyte/datacatalog" }));
    }

    [Test]
    public async Task A_policy_that_others_keep_writing_is_a_failure_that_says_so()
    {
        _bed.Fail("iam service-accounts add-iam-policy-binding w@", "ABORTED: There were concurrent policy changes.");

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => _bed.BindAsync());

        Assert.That(failure!.Message, Does.Contain("concurrent policy changes").And.Contain("run again"));
        Assert.That(_bed.Members(GcloudBed.DataPlane), Is.EqualTo(new[] { "flyte/flytepropeller" }), "The other accounts are bound all the same.");
    }

    [Test]
    public async Task While_FlyteAdmin_is_down_the_namespaces_of_the_fleets_projects_and_domains_are_bound_and_the_rest_is_reported()
    {
        _bed.Admin.Before = _ => throw InMemoryFlyteAdmin.Unreachable;
        var fleet = GcloudBed.Fleet() with
        {
            ExecutionLabels =
            [
                new ExecutionLabel(new LabelScope("named", "production"), "label1", "fleet.yaml:1:1"),
                new ExecutionLabel(new LabelScope("all-domains"), "label1", "fleet.yaml:2:1"),
            ],
            Smoke = new SmokeSettings(
                [
                    new SmokeExecution
                    {
                        Project = "smoked",
                        Domain = "development",
                        LaunchPlan = "x",
                    },
                ],
                ForEveryLabel: true
            ),
        };

        await _bed.BindAsync(
            fleet,
            prepare: run =>
                run.PlaneServer.On(
                    "/api/v1/serviceaccounts",
                    FakeApiServer.Ok(
                        """
                        {"items": [
                          {"metadata": {"name": "default", "namespace": "all-domains-production", "annotations": {"iam.gke.io/gcp-service-account": "w@p.iam.gserviceaccount.com"}}},
                          {"metadata": {"name": "default", "namespace": "old-staging", "annotations": {"iam.gke.io/gcp-service-account": "w@p.iam.gserviceaccount.com"}}},
                          {"metadata": {"name": "other", "namespace": "all-domains-development", "annotations": {"iam.gke.io/gcp-service-account": "w@p.iam.gserviceaccount.com"}}},
                          {"metadata": {"name": "default", "namespace": "kube-system"}}
                        ]}
                        """
                    )
                )
        );

        Assert.That(
            _bed.Members(GcloudBed.Workers),
            Is.EquivalentTo(new[] { "all-domains-production/default", "named-production/default", "smoked-development/default" })
        );
        Assert.That(_bed.Last.Context.Journal.Notes, Has.Some.Contains("FlyteAdmin does not answer").And.Some.Contains("bound by another run"));
    }

    [Test]
    public async Task A_namespace_that_no_project_has_is_reported_and_not_bound_whatever_its_annotation_says()
    {
        await _bed.BindAsync(prepare: Annotated);

        Assert.That(_bed.Members(GcloudBed.Workers), Is.EquivalentTo(Namespaces));
        Assert.That(
            _bed.Last.Context.Journal.Notes,
            Has.One.Contains("dp1: 'default' of kube-system, mine is annotated")
                .And.One.Contains("so it is not bound")
                .And.One.Contains($"--member \"{GcloudBed.Member("kube-system/default")}\"")
        );
    }

    [Test]
    public async Task A_namespace_that_somebody_has_bound_by_hand_is_not_reported()
    {
        _bed.Set(state =>
            state["accounts"]![GcloudBed.Workers]!["bindings"] = new JsonArray(
                new JsonObject
                {
                    ["role"] = GcloudBed.Role,
                    ["members"] = new JsonArray(GcloudBed.Member("kube-system/default"), GcloudBed.Member("mine/default")),
                }
            )
        );

        await _bed.BindAsync(prepare: Annotated);

        Assert.That(_bed.Last.Context.Journal.Notes, Has.None.Contains("is annotated"));
    }

    [TestCase(403)]
    [TestCase(0)]
    public async Task Where_flyteadmins_configuration_cannot_be_read_no_namespace_is_bound_on_a_guess(int status)
    {
        await _bed.BindAsync(prepare: run =>
        {
            Annotated(run);
            run.ControlServer.On(
                BaseConfig,
                status == 0 ? FakeApiServer.Throw(new TaskCanceledException("no answer")) : FakeApiServer.Status(status, "Forbidden", "configmaps is forbidden")
            );
        });

        Assert.That(_bed.Members(GcloudBed.Workers), Is.Empty);
        Assert.That(_bed.Members(GcloudBed.DataPlane), Is.EqualTo(new[] { "flyte/flytepropeller" }));
        Assert.That(_bed.Last.Context.Journal.Notes, Has.Some.Contains("flyteadmin's namespace_mapping is not known"));
    }

    [Test]
    public async Task At_the_first_join_the_projects_namespaces_are_bound_once_FlyteAdmin_is_up_and_a_second_run_changes_nothing()
    {
        var run = Join();
        _bed.Admin.Before = _ => throw InMemoryFlyteAdmin.Unreachable;
        await run.RunAsync<BindWorkloadIdentity>();
        Assert.That(_bed.Members(GcloudBed.Workers), Is.Empty);

        _bed.Admin.Before = null;
        await run.RunAsync<BindProjectNamespaces>();

        Assert.That(_bed.Members(GcloudBed.Workers), Is.EquivalentTo(Namespaces));
        Assert.That(run.Context.Journal.Notes, Has.None.Contains("bound by another run").And.One.Contains($"4 namespaces act as {GcloudBed.Workers}"));
        Assert.That(await _bed.BindAsync(), Is.Empty);
    }

    [Test]
    public async Task Where_everything_was_known_before_the_later_stage_asks_nobody_again()
    {
        var run = Join();
        run.Context.Run.State.Of<AdminChecked>().IsChecked = true;
        await run.RunAsync<BindWorkloadIdentity>();
        var calls = (_bed.Calls.Count, _bed.Admin.Calls.Count);

        await run.RunAsync<BindProjectNamespaces>();

        Assert.That((_bed.Calls.Count, _bed.Admin.Calls.Count), Is.EqualTo(calls));
        Assert.That(run.Context.Journal.Stages[^1].Status, Is.EqualTo(StageStatus.Skipped));
    }

    [Test]
    public async Task A_plan_of_the_first_join_says_that_the_projects_namespaces_are_known_later()
    {
        var run = Join(new RunOptions { Plan = true });
        await run.RunAsync<BindWorkloadIdentity>();

        await run.RunAsync<BindProjectNamespaces>();

        Assert.That(run.Context.Journal.Stages[^1].Status, Is.EqualTo(StageStatus.Unknown));
        Assert.That(run.Context.Gate.Changes, Has.Count.EqualTo(3));
    }

    [Test]
    public async Task By_itself_the_later_stage_binds_everybody()
    {
        await _bed.Next().RunAsync<BindProjectNamespaces>();

        Assert.That(_bed.Members(GcloudBed.Workers), Is.EquivalentTo(Namespaces));
        Assert.That(_bed.Members(GcloudBed.DataPlane), Is.EqualTo(new[] { "flyte/flytepropeller" }));
    }

    [Test]
    public async Task Without_any_project_the_control_planes_and_the_data_planes_accounts_are_bound()
    {
        _bed.Admin.Projects.Clear();

        Assert.That(await _bed.BindAsync(), Has.Count.EqualTo(3));
        Assert.That(_bed.Last.Context.Journal.Notes, Has.Some.Contains("once Flyte has a project"));
    }

    [TestCase("namespace_mapping:\n  template: \"{{ domain }}\"\n", "development/default,production/default")]
    [TestCase("namespace_mapping:\n  template: \"flyte-{{ domain }}-{{ project }}\"\n", "flyte-development-team1/default,flyte-production-team1/default")]
    [TestCase("namespace_mapping: {}\n", "team1-development/default,team1-production/default")]
    public async Task Namespaces_are_named_as_flyteadmin_names_them(string configuration, string members)
    {
        _bed.Admin.Projects.Remove("team2");

        await _bed.BindAsync(prepare: run =>
            run.ControlServer.Put(BaseConfig, new JsonObject { ["data"] = new JsonObject { ["namespace_config.yaml"] = configuration } }.ToJsonString())
        );

        Assert.That(_bed.Members(GcloudBed.Workers), Is.EquivalentTo(members.Split(',')));
    }

    [Test]
    public async Task The_values_that_the_control_plane_will_get_go_before_the_live_configuration()
    {
        using var folder = new TemporaryFolder();
        var fleet = GcloudBed.Fleet();
        var values = folder.Write("values.yaml", "configmap: {namespace_config: {namespace_mapping: {template: '{{ domain }}'}}}");

        await _bed.BindAsync(
            fleet with
            {
                Flyte = fleet.Flyte with { Values = [values] },
            },
            prepare: run => run.ControlServer.Put(BaseConfig, """{"data": {"namespace_config.yaml": "namespace_mapping: {template: 'x-{{ domain }}'}"}}""")
        );

        Assert.That(_bed.Members(GcloudBed.Workers), Is.EquivalentTo(new[] { "development/default", "production/default" }));
    }

    [Test]
    public async Task A_Google_service_account_of_another_project_is_bound_there()
    {
        _bed.Set(state => state["accounts"]!["w@q.iam.gserviceaccount.com"] = new JsonObject { ["etag"] = 1, ["bindings"] = new JsonArray() });
        var fleet = GcloudBed.Fleet();

        await _bed.BindAsync(fleet with { Gcp = fleet.Gcp! with { Workers = "w@q.iam.gserviceaccount.com" } });

        Assert.That(_bed.Members("w@q.iam.gserviceaccount.com"), Is.EquivalentTo(Namespaces));
    }

    [Test]
    public async Task Outside_of_Google_Cloud_the_stages_are_skipped_and_on_it_those_of_AWS_are()
    {
        await _bed.BindAsync(GcloudBed.Fleet() with { Gcp = null });
        Assert.That(Skipped(_bed.Last), Is.EqualTo(new[] { GoogleStage.NoGoogleCloud, GoogleStage.NoGoogleCloud }));
        Assert.That(_bed.Calls, Is.Empty);

        var run = _bed.Next();
        await run.RunAsync<CheckAws>();
        Assert.That(Skipped(run), Is.EqualTo(new[] { AwsCheck.NoAws }));
    }

    private static void Annotated(TestRun run) =>
        run.PlaneServer.On(
            "/api/v1/serviceaccounts",
            FakeApiServer.Ok(
                new JsonObject
                {
                    ["items"] = new JsonArray([
                        .. new[] { "kube-system", "mine", "team1-production" }.Select(ns =>
                            (JsonNode)
                                new JsonObject
                                {
                                    ["metadata"] = new JsonObject
                                    {
                                        ["name"] = "default",
                                        ["namespace"] = ns,
                                        ["annotations"] = new JsonObject { ["iam.gke.io/gcp-service-account"] = GcloudBed.Workers },
                                    },
                                }
                        ),
                    ]),
                }.ToJsonString()
            )
        );

    // As within AddDataPlane, whose CheckFlyteAdmin has found that FlyteAdmin is not up yet.
    private TestRun Join(RunOptions? options = null)
    {
        var run = _bed.Next(options: options);
        run.Context.Tasks = new HashSet<string> { "CheckFlyteAdmin", "BindWorkloadIdentity", "UpgradeControlPlane", "BindProjectNamespaces" };
        return run;
    }

    private static IEnumerable<string?> Skipped(TestRun run) =>
        run.Context.Journal.Stages.Where(stage => stage.Status == StageStatus.Skipped).Select(stage => stage.Note);

    private void Other(string when, string what, string account) =>
        _bed.Set(state =>
            state["others"] = new JsonArray(
                new JsonObject
                {
                    ["account"] = GcloudBed.Workers,
                    ["when"] = when,
                    [what] = GcloudBed.Member(account),
                }
            )
        );
}
