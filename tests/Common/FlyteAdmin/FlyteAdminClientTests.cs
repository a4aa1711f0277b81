using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Tests.Common.Changes;
using NUnit.Framework;
using static Flyte.MultiCluster.Tests.Common.FlyteAdmin.FakeFlyteAdmin;

namespace Flyte.MultiCluster.Tests.Common.FlyteAdmin;

/// <summary>What is sent to FlyteAdmin, and what its answers become.</summary>
internal sealed class FlyteAdminClientTests
{
    private static readonly ExecutionId Id = new("team1", "development", "smoke-1");

    private static readonly LaunchPlan Plan = new(
        "team1",
        "development",
        "core.hello",
        "v7",
        "core.hello",
        new Dictionary<string, LaunchPlanInput>(StringComparer.Ordinal)
    );

    private FakeFlyteAdmin _server = null!;
    private FlyteAdminClient _client = null!;
    private ChangePermit _permit = null!;

    [SetUp]
    public async Task OpenAsync()
    {
        _client = (_server = new FakeFlyteAdmin()).Client();
        _permit = await Permits.GetAsync();
    }

    [TearDown]
    public void Close()
    {
        _client.Dispose();
        _server.Dispose();
    }

    [Test]
    public async Task The_version_is_read()
    {
        _server.On("/api/v1/version", Ok("""{"control_plane_version":{"Build":"abc","Version":"v1.16.8","BuildTime":"now"}}"""));

        Assert.That(await _client.VersionAsync(default), Is.EqualTo("v1.16.8"));
    }

    [Test]
    public async Task Every_call_speaks_JSON_both_ways()
    {
        _server.On("/api/v1/domains", Ok()).On("/api/v1/project_attributes/team1", Ok());

        await _client.DomainsAsync(default);
        await _client.PutExecutionLabelAsync(_permit, new LabelScope("team1"), "label1", default);

        Assert.That(_server.Calls.Select(call => (call.Accept, call.ContentType)), Is.All.EqualTo(("application/json", "application/json")));
    }

    [TestCase("https://flyte.example.com/base")]
    [TestCase("https://flyte.example.com/base/")]
    public async Task The_endpoints_own_path_stays(string endpoint)
    {
        using var client = _server.On("/base/api/v1/domains", Ok("""{"domains":[{"id":"development","name":"development"}]}""")).Client(endpoint: endpoint);

        Assert.That(await client.DomainsAsync(default), Is.EqualTo(new[] { "development" }));
    }

    [Test]
    public async Task Projects_are_read_page_by_page_without_the_archived_ones()
    {
        _server.On(
            "/api/v1/projects",
            Ok("""{"projects":[{"id":"a","state":"ACTIVE"},{"id":"old","state":"ARCHIVED"}],"token":"100"}"""),
            Ok("""{"projects":[{"id":"b"}],"token":""}""")
        );

        Assert.That(await _client.ProjectsAsync(default), Is.EqualTo(new[] { "a", "b" }));
        Assert.That(_server.Calls.Select(call => call.Url), Is.EqualTo(new[] { "/api/v1/projects?limit=100", "/api/v1/projects?limit=100&token=100" }));
    }

    [Test]
    public async Task A_server_that_repeats_a_page_does_not_keep_us_for_ever()
    {
        _server.On("/api/v1/projects", Ok("""{"projects":[{"id":"a"}],"token":"1"}"""));

        await _client.ProjectsAsync(default);

        Assert.That(_server.Calls, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Stored_labels_are_read_as_they_are()
    {
        _server.On(
            "/api/v1/matchable_attributes",
            Ok(
                """
                {"configurations":[
                  {"project":"team1","domain":"","workflow":"","launch_plan":"","attributes":{"execution_cluster_label":{"value":"a"}}},
                  {"project":"team1","domain":"development","attributes":{"execution_cluster_label":{"value":"b"}}},
                  {"project":"team1","domain":"development","workflow":"core.hello","attributes":{"execution_cluster_label":{"value":"c"}}},
                  {"project":"","domain":"development","attributes":{"execution_cluster_label":{"value":"no project"}}},
                  {"project":"team2","attributes":{"cluster_resource_attributes":{}}},
                  {"project":"team3"}]}
                """
            )
        );

        Assert.That(
            await _client.ExecutionLabelsAsync(default),
            Is.EquivalentTo(
                new Dictionary<LabelScope, string>
                {
                    [new("team1")] = "a",
                    [new("team1", "development")] = "b",
                    [new("team1", "development", "core.hello")] = "c",
                }
            )
        );
        Assert.That(_server.Calls[0].Url, Is.EqualTo("/api/v1/matchable_attributes?resource_type=EXECUTION_CLUSTER_LABEL"));
    }

    [TestCase(
        "team1",
        null,
        null,
        "/api/v1/project_attributes/team1",
        """{"attributes":{"project":"team1","matching_attributes":{"execution_cluster_label":{"value":"l"}}}}"""
    )]
    [TestCase(
        "team1",
        "dev",
        null,
        "/api/v1/project_domain_attributes/team1/dev",
        """{"attributes":{"project":"team1","domain":"dev","matching_attributes":{"execution_cluster_label":{"value":"l"}}}}"""
    )]
    [TestCase(
        "team1",
        "dev",
        "a.b",
        "/api/v1/workflow_attributes/team1/dev/a.b",
        """{"attributes":{"project":"team1","domain":"dev","workflow":"a.b","matching_attributes":{"execution_cluster_label":{"value":"l"}}}}"""
    )]
    public async Task A_label_is_put(string project, string? domain, string? workflow, string path, string body)
    {
        _server.On(path, Ok());

        await _client.PutExecutionLabelAsync(_permit, new LabelScope(project, domain, workflow), "l", default);

        Assert.That(_server.Calls.Select(call => (call.ToString(), call.Body)), Is.EqualTo(new[] { ($"PUT {path}", (string?)body) }));
    }

    [TestCase(null, null, "/api/v1/project_attributes/team1")]
    [TestCase("dev", null, "/api/v1/project_domain_attributes/team1/dev")]
    [TestCase("dev", "a.b", "/api/v1/workflow_attributes/team1/dev/a.b")]
    public async Task A_label_is_deleted_by_its_kind(string? domain, string? workflow, string path)
    {
        _server.On(path, Ok());

        await _client.DeleteExecutionLabelAsync(_permit, new LabelScope("team1", domain, workflow), default);

        Assert.That(
            _server.Calls.Select(call => (call.ToString(), call.Body)),
            Is.EqualTo(new[] { ($"DELETE {path}", (string?)"""{"resource_type":"EXECUTION_CLUSTER_LABEL"}""") })
        );
    }

    [Test]
    public void A_label_that_is_not_there_is_deleted_without_an_error() =>
        Assert.That(() => _client.DeleteExecutionLabelAsync(_permit, new LabelScope("team1"), default), Throws.Nothing);

    [Test]
    public async Task Names_are_escaped()
    {
        _server.On("/api/v1/workflow_attributes/team1/dev/a%2Fb%20%3Fc%23%25", Ok());

        await _client.PutExecutionLabelAsync(_permit, new LabelScope("team1", "dev", "a/b ?c#%"), "l", default);

        Assert.That(_server.Calls[0].Url, Is.EqualTo("/api/v1/workflow_attributes/team1/dev/a%2Fb%20%3Fc%23%25"));
    }

    [TestCase("")]
    [TestCase(".")]
    [TestCase("..")]
    public void A_name_that_would_make_another_route_is_refused(string workflow)
    {
        Assert.That(() => _client.DeleteExecutionLabelAsync(_permit, new LabelScope("team1", "dev", workflow), default), Throws.ArgumentException);
        Assert.That(_server.Calls, Is.Empty);
    }

    [Test]
    public async Task The_newest_active_launch_plan_is_read()
    {
        _server.On(
            "/api/v1/active_launch_plans/team1/dev/lp",
            Ok(
                """
                {"id":{"resource_type":"LAUNCH_PLAN","project":"team1","domain":"dev","name":"lp","version":"v7","org":""},
                 "spec":{"workflow_id":{"name":"core.hello","version":"v7"},"default_inputs":{"parameters":{"ignored":{}}}},
                 "closure":{"state":"ACTIVE","expected_inputs":{"parameters":{
                   "n":{"var":{"type":{"simple":"INTEGER"},"description":""},"required":true},
                   "name":{"var":{"type":{"simple":"STRING"}},"default":{"scalar":{"primitive":{"string_value":"x"}}}}}}}}
                """
            )
        );

        var plan = await _client.LaunchPlanAsync("team1", "dev", "lp", null, default);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(plan! with { Inputs = Plan.Inputs }, Is.EqualTo(new LaunchPlan("team1", "dev", "lp", "v7", "core.hello", Plan.Inputs)));
            Assert.That(
                plan.Inputs.ToDictionary(input => input.Key, input => (input.Value.Type.ToJsonString(), input.Value.IsRequired), StringComparer.Ordinal),
                Is.EqualTo(
                    new Dictionary<string, (string, bool)>(StringComparer.Ordinal)
                    {
                        ["n"] = ("""{"simple":"INTEGER"}""", true),
                        ["name"] = ("""{"simple":"STRING"}""", false),
                    }
                )
            );
        }
    }

    [Test]
    public async Task A_launch_plans_version_is_read()
    {
        _server.On("/api/v1/launch_plans/team1/dev/lp/v1", Ok("""{"id":{"version":"v1"}}"""));

        Assert.That((await _client.LaunchPlanAsync("team1", "dev", "lp", "v1", default))!.Version, Is.EqualTo("v1"));
    }

    [Test]
    public async Task A_launch_plan_that_is_not_there_is_null() => Assert.That(await _client.LaunchPlanAsync("team1", "dev", "lp", null, default), Is.Null);

    [Test]
    public void A_404_that_is_not_FlyteAdmins_own_is_an_error()
    {
        _server.On("/api/v1/active_launch_plans/team1/dev/lp", Text(404, "<html>nginx</html>"));

        Assert.That(
            () => _client.LaunchPlanAsync("team1", "dev", "lp", null, default),
            Throws.TypeOf<FlyteAdminException>().With.Message.EqualTo("FlyteAdmin: GET /api/v1/active_launch_plans/team1/dev/lp: 404: Not Found")
        );
    }

    [Test]
    public async Task An_execution_is_started_by_its_launch_plan()
    {
        _server.On("/api/v1/executions", Ok("""{"id":{"project":"team1","domain":"development","name":"smoke-1"}}"""));
        var inputs = (JsonObject)JsonNode.Parse("""{"n":{"scalar":{"primitive":{"integer":"1"}}}}""")!;

        Assert.That(await _client.CreateExecutionAsync(_permit, new ExecutionRequest(Id, Plan, inputs, "label1"), default), Is.True);

        var call = _server.Calls.Single();
        Assert.That(call.ToString(), Is.EqualTo("POST /api/v1/executions"));
        Assert.That(
            JsonNode.DeepEquals(
                JsonNode.Parse(call.Body!),
                JsonNode.Parse(
                    """
                    {"project":"team1","domain":"development","name":"smoke-1",
                     "spec":{"launch_plan":{"resource_type":"LAUNCH_PLAN","project":"team1","domain":"development","name":"core.hello","version":"v7"},"execution_cluster_label":{"value":"label1"}},
                     "inputs":{"literals":{"n":{"scalar":{"primitive":{"integer":"1"}}}}}}
                    """
                )
            ),
            call.Body
        );
    }

    [Test]
    public async Task An_execution_without_a_label_leaves_it_to_FlyteAdmin()
    {
        _server.On("/api/v1/executions", Ok());

        await _client.CreateExecutionAsync(_permit, new ExecutionRequest(Id, Plan, [], null), default);

        Assert.That(_server.Calls[0].Body, Does.Not.Contain("execution_cluster_label"));
    }

    [Test]
    public async Task An_execution_that_is_there_already_is_the_one_meant_and_not_made_now()
    {
        _server.On("/api/v1/executions", Refuse(503, 14, "busy"), Refuse(409, 6, "value with matching already exists"));

        Assert.That(await _client.CreateExecutionAsync(_permit, new ExecutionRequest(Id, Plan, [], null), default), Is.False);
    }

    [Test]
    public void Another_conflict_is_an_error()
    {
        _server.On("/api/v1/executions", Refuse(409, 10, "aborted"));

        Assert.That(
            () => _client.CreateExecutionAsync(_permit, new ExecutionRequest(Id, Plan, [], null), default),
            Throws.TypeOf<FlyteAdminException>().With.Property("Code").EqualTo("Aborted")
        );
    }

    [Test]
    public async Task An_execution_is_read()
    {
        _server.On(
            "/api/v1/executions/team1/development/smoke-1",
            Ok(
                """
                {"spec":{"metadata":{"system_metadata":{"execution_cluster":"dp1","namespace":"team1-development"}}},
                 "closure":{"phase":"FAILED","error":{"code":"E","message":"it broke"},"created_at":"2026-01-02T03:04:05.123456789Z"}}
                """
            )
        );

        var execution = await _client.ExecutionAsync(Id, default);

        Assert.That(execution! with { CreatedAt = null }, Is.EqualTo(new Execution(Id, ExecutionPhase.Failed, "dp1", "it broke", null)));
        Assert.That(
            execution.CreatedAt,
            Is.EqualTo(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddMilliseconds(123)).Within(TimeSpan.FromMilliseconds(1))
        );
    }

    [TestCase("UNDEFINED", ExecutionPhase.Undefined)]
    [TestCase("QUEUED", ExecutionPhase.Queued)]
    [TestCase("RUNNING", ExecutionPhase.Running)]
    [TestCase("SUCCEEDING", ExecutionPhase.Succeeding)]
    [TestCase("SUCCEEDED", ExecutionPhase.Succeeded)]
    [TestCase("FAILING", ExecutionPhase.Failing)]
    [TestCase("FAILED", ExecutionPhase.Failed)]
    [TestCase("ABORTED", ExecutionPhase.Aborted)]
    [TestCase("TIMED_OUT", ExecutionPhase.TimedOut)]
    [TestCase("ABORTING", ExecutionPhase.Aborting)]
    [TestCase("PAUSED_BY_THE_MOON", ExecutionPhase.Undefined)]
    public async Task Phases_are_read_also_unknown_ones(string phase, ExecutionPhase expected)
    {
        _server.On(
            "/api/v1/executions/team1/development/smoke-1",
            Ok(
                """{"spec":{"metadata":{"system_metadata":null}},"closure":{"phase":"PHASE","created_at":null}}""".Replace(
                    "PHASE",
                    phase,
                    StringComparison.Ordinal
                )
            )
        );

        Assert.That(await _client.ExecutionAsync(Id, default), Is.EqualTo(new Execution(Id, expected, null, null, null)));
    }

    [Test]
    public async Task An_execution_that_was_not_dispatched_has_no_cluster()
    {
        _server.On(
            "/api/v1/executions/team1/development/smoke-1",
            Ok("""{"spec":{"metadata":{"system_metadata":{"execution_cluster":"","namespace":""}}},"closure":{"phase":17}}""")
        );

        Assert.That(await _client.ExecutionAsync(Id, default), Is.EqualTo(new Execution(Id, ExecutionPhase.Undefined, null, null, null)));
    }

    [Test]
    public async Task An_execution_that_is_not_there_is_null() => Assert.That(await _client.ExecutionAsync(Id, default), Is.Null);

    [Test]
    public async Task An_execution_is_aborted_with_its_cause()
    {
        _server.On("/api/v1/executions/team1/development/smoke-1", Ok());

        await _client.AbortExecutionAsync(_permit, Id, "smoke run interrupted", default);

        Assert.That(_server.Calls.Select(call => (call.Method, call.Body)), Is.EqualTo(new[] { ("DELETE", (string?)"""{"cause":"smoke run interrupted"}""") }));
    }

    [Test]
    public void An_execution_that_has_ended_is_left_as_it_is()
    {
        _server.On(
            "/api/v1/executions/team1/development/smoke-1",
            Refuse(400, 9, "Cannot abort an already terminated workflow execution"),
            Ok("""{"closure":{"phase":"SUCCEEDED"}}""")
        );

        Assert.That(() => _client.AbortExecutionAsync(_permit, Id, "x", default), Throws.Nothing);
    }

    [Test]
    public void An_abort_that_another_precondition_forbids_is_an_error()
    {
        _server.On("/api/v1/executions/team1/development/smoke-1", Refuse(400, 9, "no cluster"), Ok("""{"closure":{"phase":"RUNNING"}}"""));

        Assert.That(
            () => _client.AbortExecutionAsync(_permit, Id, "x", default),
            Throws.TypeOf<FlyteAdminException>().With.Message.Contains("400 FailedPrecondition: no cluster")
        );
    }

    [Test]
    public void An_execution_that_is_not_there_is_aborted_without_an_error() =>
        Assert.That(() => _client.AbortExecutionAsync(_permit, Id, "x", default), Throws.Nothing);

    [Test]
    public void A_write_without_a_permit_is_refused()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => _client.PutExecutionLabelAsync(null!, new LabelScope("p"), "l", default), Throws.ArgumentNullException);
            Assert.That(() => _client.DeleteExecutionLabelAsync(null!, new LabelScope("p"), default), Throws.ArgumentNullException);
            Assert.That(() => _client.CreateExecutionAsync(null!, new ExecutionRequest(Id, Plan, [], null), default), Throws.ArgumentNullException);
            Assert.That(() => _client.AbortExecutionAsync(null!, Id, "x", default), Throws.ArgumentNullException);
            Assert.That(_server.Calls, Is.Empty);
        }
    }
}
