using System.Text.Json.Nodes;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.FlyteAdmin;

/// <summary>Executions over HTTP, from the request to where they end.</summary>
internal sealed class ExecutionTests : JoinedSandboxTests
{
    [Test]
    public async Task It_runs_in_the_cluster_of_its_label_and_succeeds()
    {
        var execution = await Sandbox.UntilPhaseAsync(await Sandbox.RunAsync(label: "label2"), "SUCCEEDED");

        Assert.Multiple(() =>
        {
            Assert.That(FlyteSandbox.Cluster(execution), Is.EqualTo("dataplane_2"));
            Assert.That((string?)execution["spec"]!["metadata"]!["system_metadata"]!["namespace"], Is.EqualTo("flytesnacks-development"));
            Assert.That((string?)execution["spec"]!["execution_cluster_label"]!["value"], Is.EqualTo("label2"));
            Assert.That((string?)execution["closure"]!["duration"], Does.Match(@"^\d+\.\d+s$"));
            Assert.That(execution["closure"]!["started_at"], Is.Not.Null);
        });
    }

    [Test]
    public async Task It_runs_where_its_attribute_says()
    {
        await Sandbox.MustAsync(
            "PUT",
            "/api/v1/project_domain_attributes/flytesnacks/staging",
            "{attributes: {matching_attributes: {execution_cluster_label: {value: label2}}}}"
        );

        var execution = await Sandbox.ExecutionAsync(await Sandbox.RunAsync(domain: "staging"), "staging");

        Assert.That(FlyteSandbox.Cluster(execution), Is.EqualTo("dataplane_2"));
    }

    [Test]
    public async Task A_finished_workflow_leaves_no_object_behind()
    {
        await Sandbox.UntilPhaseAsync(await Sandbox.RunAsync(label: "label1"), "SUCCEEDED");

        await FlyteSandbox.UntilAsync(async () => (await WorkflowsAsync(1)).Count == 0, "a FlyteWorkflow is left");
    }

    [Test]
    public async Task One_that_fails_says_why()
    {
        await RegisterAsync("broken", "fails");

        var execution = await Sandbox.UntilPhaseAsync(await Sandbox.RunAsync("broken"), "FAILED");

        Assert.That((string?)execution["closure"]!["error"]!["message"], Is.Not.Empty);
        Assert.That(FlyteSandbox.Cluster(execution), Is.Not.Empty);
    }

    [Test]
    public async Task One_that_runs_is_aborted_in_its_cluster()
    {
        await RegisterAsync("endless", "runs");
        var name = await Sandbox.RunAsync("endless", label: "label1");
        await Sandbox.UntilPhaseAsync(name, "RUNNING");

        await Sandbox.MustAsync("DELETE", $"/api/v1/executions/flytesnacks/development/{name}", "{cause: enough}");

        var execution = await Sandbox.UntilPhaseAsync(name, "ABORTED");
        Assert.That((string?)execution["closure"]!["abort_metadata"]!["cause"], Is.EqualTo("enough"));
        Assert.That(await WorkflowsAsync(1), Is.Empty);
        var again = await Sandbox.AskAsync("DELETE", $"/api/v1/executions/flytesnacks/development/{name}");
        Assert.That((again.Status, (int?)again.Answer["code"]), Is.EqualTo((400, 9)));
    }

    [Test]
    public async Task A_dead_cluster_answers_200_and_the_execution_has_failed_without_a_cluster()
    {
        await Sandbox.Control.AddFaultAsync(new JsonObject { ["cluster"] = "dataplane1", ["kind"] = "refuse" }, default);

        var execution = await Sandbox.ExecutionAsync(await Sandbox.RunAsync(label: "label1"));

        Assert.Multiple(() =>
        {
            Assert.That(FlyteSandbox.Phase(execution), Is.EqualTo("FAILED"));
            Assert.That(FlyteSandbox.Cluster(execution), Is.Empty);
            Assert.That(
                (string?)execution["closure"]!["error"]!["message"],
                Does.StartWith("failed to create workflow in propeller Post \"https://127.0.0.1:")
            );
        });
    }

    [Test]
    public async Task A_cluster_without_a_ready_propeller_takes_it_and_never_reports_back()
    {
        await Sandbox.SendAsync(
            "dataplane2",
            HttpMethod.Patch,
            "/apis/apps/v1/namespaces/flyte/deployments/flytepropeller",
            new JsonObject { ["spec"] = new JsonObject { ["replicas"] = 0 } }
        );
        await FlyteSandbox.UntilAsync(
            async () => (await Sandbox.GetAsync("dataplane2", "/api/v1/namespaces/flyte/pods"))!["items"]!.AsArray().Count == 0,
            "the pod stays"
        );

        var name = await Sandbox.RunAsync(label: "label2");

        Assert.That((await WorkflowsAsync(2)).Select(w => (string?)w!["metadata"]!["name"]), Is.EqualTo(new[] { name }));
        Assert.That(FlyteSandbox.Phase(await Sandbox.ExecutionAsync(name)), Is.EqualTo("UNDEFINED"));
        await Sandbox.SendAsync(
            "dataplane2",
            HttpMethod.Patch,
            "/apis/apps/v1/namespaces/flyte/deployments/flytepropeller",
            new JsonObject { ["spec"] = new JsonObject { ["replicas"] = 1 } }
        );
        await Sandbox.UntilPhaseAsync(name, "SUCCEEDED");
    }

    [Test]
    public async Task A_taken_name_is_refused()
    {
        const string name = ", name: taken";
        await Sandbox.RunAsync(more: name);

        var second = await Sandbox.AskAsync("POST", "/api/v1/executions", Request("sandbox.hello", name));

        Assert.That((second.Status, (int?)second.Answer["code"]), Is.EqualTo((409, 6)));
    }

    [TestCase("sandbox.hello", ", name: 1st", 400, 3)]
    [TestCase("sandbox.hello", ", name: a_b", 400, 3)]
    [TestCase("sandbox.hello", ", inputs: {literals: {unknown: {scalar: {primitive: {integer: '1'}}}}}", 400, 3)]
    [TestCase("sandbox.hello", ", inputs: {literals: {name: {scalar: {primitive: {integer: '1'}}}}}", 400, 3)]
    [TestCase("sandbox.hello", ", typo: 1", 400, 3)]
    [TestCase("nowhere", "", 404, 5)]
    [TestCase("needs", "", 400, 3)]
    public async Task A_wrong_request_is_refused(string plan, string more, int status, int code)
    {
        await Sandbox.Control.RegisterLaunchPlanAsync(
            new JsonObject
            {
                ["project"] = "flytesnacks",
                ["domain"] = "development",
                ["name"] = "needs",
                ["version"] = "v1",
                ["inputs"] = new JsonObject
                {
                    ["x"] = new JsonObject { ["type"] = "INTEGER", ["required"] = true },
                },
            },
            default
        );

        var refused = await Sandbox.AskAsync("POST", "/api/v1/executions", Request(plan, more));

        Assert.That((refused.Status, (int?)refused.Answer["code"]), Is.EqualTo((status, code)), refused.Answer.ToJsonString());
    }

    [Test]
    public async Task Lists_come_in_pages_and_can_be_filtered()
    {
        await RegisterAsync("listed", "runs", "production");
        var names = new List<string>();
        for (var n = 0; n < 3; n++)
            names.Add(await Sandbox.RunAsync("listed", "production"));

        var first = await Sandbox.MustAsync("GET", "/api/v1/executions/flytesnacks/production?limit=2");
        var second = await Sandbox.MustAsync("GET", $"/api/v1/executions/flytesnacks/production?limit=2&token={first["token"]}");
        var none = await Sandbox.MustAsync("GET", "/api/v1/executions/flytesnacks/production?limit=9&filters=eq(phase,SUCCEEDED)");

        Assert.That(first["executions"]!.AsArray().Concat(second["executions"]!.AsArray()).Select(e => (string?)e!["id"]!["name"]), Is.EqualTo(names));
        Assert.That((string?)second["token"], Is.Empty);
        Assert.That(none["executions"]!.AsArray(), Is.Empty);
        Assert.That((await Sandbox.AskAsync("GET", "/api/v1/executions/flytesnacks/production")).Status, Is.EqualTo(400));
    }

    [TestCase("gte(created_at,2020-01-01T00:00:00Z)", true)]
    [TestCase("gte(created_at,2999-01-01T00:00:00Z)", false)]
    [TestCase("gt(created_at,2020-01-01T00:00:00.5Z)", true)]
    [TestCase("lt(created_at,2020-01-01T00:00:00Z)", false)]
    [TestCase("lte(created_at,2999-01-01T00:00:00Z)", true)]
    public async Task Lists_can_be_limited_to_a_time(string filter, bool isFound)
    {
        var name = await Sandbox.RunAsync("sandbox.hello", "staging");

        var found = await Sandbox.MustAsync("GET", $"/api/v1/executions/flytesnacks/staging?limit=100&filters={Uri.EscapeDataString(filter)}");

        Assert.That(found["executions"]!.AsArray().Select(e => (string?)e!["id"]!["name"]).Contains(name), Is.EqualTo(isFound));
    }

    [Test]
    public async Task A_time_that_is_none_is_the_databases_error()
    {
        await Sandbox.RunAsync("sandbox.hello", "staging");

        var refused = await Sandbox.AskAsync("GET", "/api/v1/executions/flytesnacks/staging?limit=9&filters=gte(created_at,yesterday)");

        Assert.That((refused.Status, (int?)refused.Answer["code"]), Is.EqualTo((500, 2)));
    }

    [Test]
    public async Task The_event_of_another_cluster_is_refused_and_changes_nothing()
    {
        await RegisterAsync("watched", "runs");
        var name = await Sandbox.RunAsync("watched", label: "label1");
        await Sandbox.UntilPhaseAsync(name, "RUNNING");

        var refused = await Sandbox.AskAsync(
            "POST",
            "/api/v1/events/workflows",
            new JsonObject
            {
                ["event"] = new JsonObject
                {
                    ["execution_id"] = new JsonObject
                    {
                        ["project"] = "flytesnacks",
                        ["domain"] = "development",
                        ["name"] = name,
                    },
                    ["producer_id"] = "dataplane_2",
                    ["phase"] = "SUCCEEDED",
                },
            }
        );

        Assert.That((refused.Status, (int?)refused.Answer["code"]), Is.EqualTo((400, 9)));
        Assert.That((string?)refused.Answer["message"], Does.Contain("[dataplane_2] does not match existing workflow execution clusterInDB: [dataplane_1]"));
        Assert.That(FlyteSandbox.Phase(await Sandbox.ExecutionAsync(name)), Is.EqualTo("RUNNING"));
    }

    private Task<JsonObject> RegisterAsync(string name, string behaviour, string domain = "development") =>
        Sandbox.Control.RegisterLaunchPlanAsync(
            new JsonObject
            {
                ["project"] = "flytesnacks",
                ["domain"] = domain,
                ["name"] = name,
                ["version"] = "v1",
                ["behaviour"] = behaviour,
            },
            default
        );

    private async Task<JsonArray> WorkflowsAsync(int dataPlane) =>
        (await Sandbox.GetAsync($"dataplane{dataPlane}", "/apis/flyte.lyft.com/v1alpha1/namespaces/flytesnacks-development/flyteworkflows"))![
            "items"
        ]!.AsArray();

    private static JsonObject Request(string plan, string more) =>
        Controllers.ControlledCluster.Parse(
            $$$"""
            {project: flytesnacks, domain: development, spec: {launch_plan: {resource_type: LAUNCH_PLAN, project: flytesnacks, domain: development, name: {{{plan}}}, version: v1}}{{{more}}} }
            """
        );
}
