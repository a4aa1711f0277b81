using System.Net;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Kubernetes.Rollouts;
using k8s.Models;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.FlyteAdmin;

/// <summary>When flyteadmin starts and when it does not, what it has loaded, and what it keeps.</summary>
internal sealed class LifeTests
{
    private const string Pods = "/api/v1/namespaces/flyte/pods";

    private FlyteSandbox _sandbox = null!;

    [SetUp]
    public async Task Start() => _sandbox = await FlyteSandbox.StartAsync(1);

    [TearDown]
    public async Task End()
    {
        if (_sandbox is not null)
            await _sandbox.DisposeAsync();
    }

    [Test]
    public async Task Before_flyteadmin_runs_nobody_answers()
    {
        using var response = await _sandbox.Admin.GetAsync("/healthcheck");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo("no healthy upstream"));
    }

    [Test]
    public async Task Once_it_runs_the_namespaces_of_all_projects_and_domains_are_there_and_no_write_is_counted_as_a_persons()
    {
        await _sandbox.JoinAsync();

        var names = (await _sandbox.GetAsync("dataplane1", "/api/v1/namespaces"))!["items"]!.AsArray().Select(n => (string?)n!["metadata"]!["name"]);
        var status = await _sandbox.Control.StatusAsync(default);
        Assert.That(
            names.Where(n => n!.StartsWith("flyte", StringComparison.Ordinal)),
            Is.EquivalentTo(
                new[]
                {
                    "flyte",
                    "flytesnacks-development",
                    "flytesnacks-staging",
                    "flytesnacks-production",
                    "flytetester-development",
                    "flytetester-staging",
                    "flytetester-production",
                }
            )
        );
        Assert.That((long?)status["controllerWrites"]!["dataplane1"], Is.EqualTo(6));
        Assert.That(
            (await _sandbox.Control.RequestsAsync("dataplane1", default)).Where(r => (string?)r["userAgent"] == "flyteadmin").Select(r => (string?)r["user"]),
            Is.All.EqualTo("system:serviceaccount:flyte:flyteadmin")
        );
    }

    [Test]
    public async Task Without_a_pod_nobody_answers_and_the_next_one_finds_what_was_kept()
    {
        await _sandbox.JoinAsync();
        await _sandbox.MustAsync("POST", "/api/v1/projects", "{project: {id: kept, name: kept}}");

        await ScaleAsync(0);
        await UntilNobodyServesAsync();
        await ScaleAsync(1);
        await _sandbox.UntilServingAsync();

        Assert.That((string?)(await _sandbox.MustAsync("GET", "/api/v1/projects/kept"))["id"], Is.EqualTo("kept"));
    }

    [Test]
    public async Task After_a_rollout_the_replaced_pod_answers_by_turns_until_it_has_gone()
    {
        await _sandbox.JoinAsync();
        await _sandbox.Control.AddFaultAsync(
            new JsonObject
            {
                ["cluster"] = "controlplane",
                ["kind"] = "podsLinger",
                ["delayMs"] = 20000,
                ["name"] = "flyteadmin",
            },
            default
        );

        await RollOutAsync("v1.16.9");

        Assert.That(await VersionsAsync(4), Is.EquivalentTo(new[] { "v1.16.8", "v1.16.9", "v1.16.8", "v1.16.9" }));
        var ending = (await _sandbox.GetAsync("controlplane", Pods))!["items"]!.AsArray().Single(pod => pod!["metadata"]!["deletionTimestamp"] is not null)!;
        await _sandbox.DeleteAsync("controlplane", $"{Pods}/{(string?)ending["metadata"]!["name"]}?gracePeriodSeconds=0");
        await FlyteSandbox.UntilAsync(async () => (await VersionsAsync(2)).All(version => version == "v1.16.9"), "the replaced pod goes on answering");
    }

    [Test]
    public async Task By_itself_a_replaced_flyteadmin_goes_after_a_while()
    {
        await _sandbox.JoinAsync();

        await RollOutAsync("v1.16.9");

        Assert.That(await VersionsAsync(2), Does.Contain("v1.16.8"));
        await FlyteSandbox.UntilAsync(
            async () => (await _sandbox.GetAsync("controlplane", Pods))!["items"]!.AsArray().Count == 1,
            "the replaced pod does not go"
        );
    }

    [Test]
    public async Task A_reset_empties_the_database_and_the_address_stays()
    {
        await _sandbox.JoinAsync();
        await _sandbox.MustAsync("POST", "/api/v1/projects", "{project: {id: kept, name: kept}}");
        var address = _sandbox.Host.FlyteAdminListener!.Server;

        await _sandbox.Control.ResetAsync(default);
        Assert.That((await _sandbox.Admin.GetAsync("/healthcheck")).StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        await _sandbox.JoinAsync();

        Assert.That((await _sandbox.AskAsync("GET", "/api/v1/projects/kept")).Status, Is.EqualTo(404));
        Assert.That(_sandbox.Host.FlyteAdminListener.Server, Is.EqualTo(address));
    }

    [Test]
    public async Task A_token_that_was_changed_in_the_Secret_is_not_loaded_by_a_running_flyteadmin()
    {
        await _sandbox.JoinAsync();
        await _sandbox.SendAsync(
            "controlplane",
            HttpMethod.Patch,
            "/api/v1/namespaces/flyte/secrets/cluster-credentials",
            new JsonObject { ["data"] = new JsonObject { ["dataplane_1_token"] = "Z2FyYmFnZQ==" } }
        );

        await _sandbox.UntilPhaseAsync(await _sandbox.RunAsync(), "SUCCEEDED");
    }

    [Test]
    public async Task An_abort_fails_once_the_cluster_is_configured_no_more()
    {
        await _sandbox.JoinAsync();
        await _sandbox.Control.RegisterLaunchPlanAsync(
            new JsonObject
            {
                ["project"] = "flytesnacks",
                ["domain"] = "development",
                ["name"] = "endless",
                ["version"] = "v1",
                ["behaviour"] = "runs",
            },
            default
        );
        var name = await _sandbox.RunAsync("endless");
        await _sandbox.UntilPhaseAsync(name, "RUNNING");
        await _sandbox.SendAsync(
            "controlplane",
            HttpMethod.Patch,
            "/api/v1/namespaces/flyte/configmaps/flyte-admin-clusters-config",
            new JsonObject { ["data"] = new JsonObject { ["clusters.yaml"] = "clusters: {clusterConfigs: [{name: own, inCluster: true, enabled: true}]}" } }
        );
        await ScaleAsync(0);
        await UntilNobodyServesAsync();
        await ScaleAsync(1);
        await _sandbox.UntilServingAsync();

        var refused = await _sandbox.AskAsync("DELETE", $"/api/v1/executions/flytesnacks/development/{name}", new JsonObject { ["cause"] = "x" });

        Assert.That((refused.Status, (string?)refused.Answer["message"]), Is.EqualTo((500, "invalid cluster target dataplane_1")));
    }

    [Test]
    public async Task A_dead_enabled_cluster_keeps_it_from_starting()
    {
        await _sandbox.InstallDataPlaneAsync(1);
        var token = await _sandbox.TokenAsync(1);
        await _sandbox.Control.AddFaultAsync(new JsonObject { ["cluster"] = "dataplane1", ["kind"] = "refuse" }, default);

        await StartAdminAsync(_sandbox.Entry(1), token);

        Assert.That(await _sandbox.InitFailureAsync(), Does.StartWith("panic: Failed to sync cluster resources : ").And.Contain("https://127.0.0.1:"));
    }

    [Test]
    public async Task A_dead_disabled_cluster_does_not()
    {
        await _sandbox.InstallDataPlaneAsync(1);
        var token = await _sandbox.TokenAsync(1);
        await _sandbox.Control.AddFaultAsync(new JsonObject { ["cluster"] = "dataplane1", ["kind"] = "refuse" }, default);

        await StartAdminAsync(_sandbox.Entry(1, enabled: false) + ", {name: own, inCluster: true, enabled: true}", token);

        await _sandbox.UntilServingAsync();
    }

    [Test]
    public async Task A_wrong_token_is_Unauthorized()
    {
        await _sandbox.InstallDataPlaneAsync(1);
        var token = await _sandbox.TokenAsync(1);
        token["token"] = "Z2FyYmFnZQ==";

        await StartAdminAsync(_sandbox.Entry(1), token);

        Assert.That(await _sandbox.InitFailureAsync(), Does.EndWith("Unauthorized"));
    }

    [Test]
    public async Task A_token_with_a_newline_is_no_header()
    {
        await _sandbox.InstallDataPlaneAsync(1);
        var token = await _sandbox.TokenAsync(1);
        token["token"] = Convert.ToBase64String([.. Convert.FromBase64String((string)token["token"]!), (byte)'\n']);

        await StartAdminAsync(_sandbox.Entry(1), token);

        Assert.That(await _sandbox.InitFailureAsync(), Does.Contain("invalid header field value for \"Authorization\""));
    }

    [Test]
    public async Task The_CA_of_another_cluster_is_not_trusted()
    {
        await _sandbox.InstallDataPlaneAsync(1);
        var token = await _sandbox.TokenAsync(1);
        token["ca.crt"] = Convert.ToBase64String(await File.ReadAllBytesAsync(_sandbox.AdminAuthority));

        await StartAdminAsync(_sandbox.Entry(1), token);

        Assert.That(await _sandbox.InitFailureAsync(), Does.Contain("x509: certificate signed by unknown authority"));
    }

    [Test]
    public async Task A_token_without_rights_is_forbidden()
    {
        await _sandbox.InstallDataPlaneAsync(1);
        var token = await _sandbox.TokenAsync(1);
        await _sandbox.DeleteAsync("dataplane1", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/flyte-flyteadmin-binding");

        await StartAdminAsync(_sandbox.Entry(1), token);

        Assert.That(await _sandbox.InitFailureAsync(), Does.Contain("namespaces is forbidden"));
    }

    [Test]
    public async Task No_token_is_sent_to_a_host_that_is_not_this_machine()
    {
        await _sandbox.InstallDataPlaneAsync(1);

        await StartAdminAsync(_sandbox.Entry(1, endpoint: "https://elsewhere.example.com"), await _sandbox.TokenAsync(1));

        Assert.That(await _sandbox.InitFailureAsync(), Does.EndWith("dial tcp: lookup elsewhere.example.com: no such host"));
    }

    [Test]
    public async Task A_propeller_of_another_address_never_moves_an_execution()
    {
        await _sandbox.InstallDataPlaneAsync(1, endpoint: "dns:///admin.example.com:81");
        await StartAdminAsync(_sandbox.Entry(1), await _sandbox.TokenAsync(1));
        await _sandbox.UntilServingAsync();

        var name = await _sandbox.RunAsync();
        await _sandbox.UntilLoggedAsync("nobody answers at dns:///admin.example.com:81");

        var execution = await _sandbox.ExecutionAsync(name);
        Assert.That((FlyteSandbox.Cluster(execution), FlyteSandbox.Phase(execution)), Is.EqualTo(("dataplane_1", "UNDEFINED")));
        Assert.That((await WorkflowAsync(name))?["metadata"]!["labels"]!.AsObject().ContainsKey("termination-status"), Is.False);
    }

    [Test]
    public async Task A_propeller_of_another_name_ends_the_workflow_and_the_execution_keeps_its_phase()
    {
        await _sandbox.InstallDataPlaneAsync(1, "another-name");
        await StartAdminAsync(_sandbox.Entry(1), await _sandbox.TokenAsync(1));
        await _sandbox.UntilServingAsync();

        var name = await _sandbox.RunAsync();
        await FlyteSandbox.UntilAsync(
            async () => (string?)(await WorkflowAsync(name))?["metadata"]!["labels"]!["termination-status"] == "terminated",
            "the workflow does not end"
        );

        await _sandbox.UntilLoggedAsync("Cluster/producer from event [another-name] does not match existing workflow execution clusterInDB: [dataplane_1]");
        var execution = await _sandbox.ExecutionAsync(name);
        Assert.That((FlyteSandbox.Cluster(execution), FlyteSandbox.Phase(execution)), Is.EqualTo(("dataplane_1", "UNDEFINED")));
    }

    [TestCase("propeller")]
    [TestCase("''")]
    public async Task A_propeller_without_a_name_is_taken_from_everywhere(string name)
    {
        await _sandbox.InstallDataPlaneAsync(1, name);
        await StartAdminAsync(_sandbox.Entry(1), await _sandbox.TokenAsync(1));
        await _sandbox.UntilServingAsync();

        var execution = await _sandbox.UntilPhaseAsync(await _sandbox.RunAsync(), "SUCCEEDED");

        Assert.That(FlyteSandbox.Cluster(execution), Is.EqualTo("dataplane_1"), "It was stored at the start.");
    }

    [Test]
    public async Task A_propeller_whose_address_does_not_parse_ends()
    {
        await _sandbox.InstallDataPlaneAsync(1, endpoint: "10.0.0.1:81");

        string? message = null;
        await FlyteSandbox.UntilAsync(
            async () =>
                (
                    message = (await _sandbox.GetAsync("dataplane1", Pods))!["items"]!
                        .AsArray()
                        .Select(p => (string?)p!["status"]?["containerStatuses"]?[0]?["lastState"]?["terminated"]?["message"])
                        .FirstOrDefault()
                )
                    is not null,
            "the container does not end"
        );

        Assert.That(message, Does.Contain("first path segment in URL cannot contain colon"));
    }

    private Task<JsonObject?> WorkflowAsync(string name) =>
        _sandbox.GetAsync("dataplane1", $"/apis/flyte.lyft.com/v1alpha1/namespaces/flytesnacks-development/flyteworkflows/{name}");

    private Task StartAdminAsync(string clusters, JsonObject token) =>
        _sandbox.StartAdminAsync(
            clusters,
            "{label1: [{id: dataplane_1, weight: 1}]}",
            new JsonObject { ["dataplane_1_token"] = token["token"]!.DeepClone(), ["dataplane_1_cacert"] = token["ca.crt"]!.DeepClone() }
        );

    // A pod is gone before its process has heard of it.
    private Task UntilNobodyServesAsync() =>
        FlyteSandbox.UntilAsync(
            async () => (await _sandbox.Admin.GetAsync("/healthcheck")).StatusCode == HttpStatusCode.ServiceUnavailable,
            "somebody answers"
        );

    // Returns when the rollout is complete, as kubectl rollout status sees it.
    private async Task RollOutAsync(string version)
    {
        const string Path = "/apis/apps/v1/namespaces/flyte/deployments/flyteadmin";
        var template = new JsonObject
        {
            ["spec"] = new JsonObject
            {
                ["template"] = new JsonObject { ["spec"] = (await _sandbox.GetAsync("controlplane", Path))!["spec"]!["template"]!["spec"]!.DeepClone() },
            },
        };
        foreach (var container in template["spec"]!["template"]!["spec"]!["containers"]!.AsArray())
            container!["image"] = $"flyteadmin:{version}";
        await _sandbox.SendAsync("controlplane", HttpMethod.Patch, Path, template);
        await FlyteSandbox.UntilAsync(
            async () => (await _sandbox.GetAsync("controlplane", Path)) is { } found && DeploymentState.Of(found.As<V1Deployment>()).IsAvailable,
            "the rollout is not complete"
        );
    }

    private async Task<IReadOnlyList<string?>> VersionsAsync(int requests)
    {
        var versions = new List<string?>();
        for (var request = 0; request < requests; request++)
            versions.Add((string?)(await _sandbox.MustAsync("GET", "/api/v1/version"))["control_plane_version"]!["Version"]);
        return versions;
    }

    private Task ScaleAsync(int replicas) =>
        _sandbox.SendAsync(
            "controlplane",
            HttpMethod.Patch,
            "/apis/apps/v1/namespaces/flyte/deployments/flyteadmin",
            new JsonObject { ["spec"] = new JsonObject { ["replicas"] = replicas } }
        );
}
