using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.FlyteAdmin;
using Flyte.MultiCluster.Sandbox.FlyteAdmin.Gateway;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.FlyteAdmin;

/// <summary>FlyteAdmin's HTTP API but for executions.</summary>
internal sealed class ApiTests : JoinedSandboxTests
{
    private const string Label = "/api/v1/project_domain_attributes/flytesnacks/development";

    [TearDown]
    public async Task SwitchAuthenticationOff() => await Sandbox.Control.ConfigureFlyteAdminAsync(new JsonObject { ["oauth2"] = null }, default);

    [Test]
    public async Task The_version_is_that_of_the_image() =>
        Assert.That((string?)(await Sandbox.MustAsync("GET", "/api/v1/version"))["control_plane_version"]!["Version"], Is.EqualTo("v1.16.8"));

    [Test]
    public async Task Projects_come_in_pages_with_their_domains()
    {
        var first = await Sandbox.MustAsync("GET", "/api/v1/projects?limit=1");
        var second = await Sandbox.MustAsync("GET", $"/api/v1/projects?limit=100&token={first["token"]}");

        Assert.That((string?)first["projects"]!.AsArray().Single()!["id"], Is.EqualTo("flytesnacks"));
        Assert.That(second["projects"]!.AsArray().Select(p => (string?)p!["id"]), Does.Contain("flytetester").And.Not.Contain("flytesnacks"));
        Assert.That(first["projects"]![0]!["domains"]!.AsArray().Select(d => (string?)d!["id"]), Is.EqualTo(new[] { "development", "staging", "production" }));
    }

    [Test]
    public async Task A_project_is_registered_once()
    {
        await Sandbox.MustAsync("POST", "/api/v1/projects", "{project: {id: zz-added, name: Added}}");

        var second = await Sandbox.AskAsync(
            "POST",
            "/api/v1/projects",
            new JsonObject
            {
                ["project"] = new JsonObject { ["id"] = "zz-added", ["name"] = "Added" },
            }
        );

        Assert.That((second.Status, (int?)second.Answer["code"]), Is.EqualTo((409, 6)));
        Assert.That((string?)(await Sandbox.MustAsync("GET", "/api/v1/projects/zz-added"))["name"], Is.EqualTo("Added"));
    }

    [Test]
    public async Task Labels_are_inherited_by_reads_and_raw_in_the_list_and_deleted_with_what_is_below()
    {
        await PutAsync("/api/v1/project_attributes/flytetester", "low");
        await PutAsync("/api/v1/workflow_attributes/flytetester/staging/wf", "high");

        var read = await Sandbox.MustAsync("GET", "/api/v1/project_domain_attributes/flytetester/staging?resource_type=EXECUTION_CLUSTER_LABEL");
        Assert.That(Value(read["attributes"]!["matching_attributes"]), Is.EqualTo("low"));
        Assert.That((string?)read["attributes"]!["domain"], Is.Empty, "It says for whom the row is.");
        Assert.That(await RowsAsync("flytetester"), Is.EqualTo(new[] { "staging wf high", "  low" }));

        await Sandbox.MustAsync("DELETE", "/api/v1/project_domain_attributes/flytetester/staging", "{resource_type: EXECUTION_CLUSTER_LABEL}");
        Assert.That(await RowsAsync("flytetester"), Is.EqualTo(new[] { "  low" }));
        await Sandbox.MustAsync("DELETE", "/api/v1/project_attributes/flytetester", "{resource_type: EXECUTION_CLUSTER_LABEL}");
        Assert.That(await RowsAsync("flytetester"), Is.Empty);
    }

    [Test]
    public async Task A_deletion_without_a_body_is_of_another_kind()
    {
        await PutAsync(Label, "label1");

        await Sandbox.MustAsync("DELETE", Label + "?resource_type=EXECUTION_CLUSTER_LABEL");

        Assert.That(await RowsAsync("flytesnacks"), Is.EqualTo(new[] { "development  label1" }));
    }

    [Test]
    public async Task A_label_that_no_cluster_has_is_taken() =>
        Assert.That((await Sandbox.AskAsync("PUT", Label, Attributes("no-such-label"))).Status, Is.EqualTo(200));

    [TestCase("/api/v1/project_domain_attributes/nobody/development")]
    [TestCase("/api/v1/project_domain_attributes/flytesnacks/nowhere")]
    [TestCase("/api/v1/project_attributes/nobody")]
    public async Task A_project_or_domain_that_does_not_exist_is_refused(string path)
    {
        var refused = await Sandbox.AskAsync("PUT", path, Attributes("label1"));

        Assert.That((refused.Status, (int?)refused.Answer["code"]), Is.EqualTo((400, 3)));
    }

    [Test]
    public async Task Without_a_row_a_read_is_not_found() =>
        Assert.That((await Sandbox.AskAsync("GET", "/api/v1/workflow_attributes/flytetester/production/wf?resource_type=3")).Status, Is.EqualTo(404));

    [Test]
    public async Task Unknown_fields_are_refused_as_json_and_passed_over_otherwise()
    {
        var body = Attributes("label1");
        body["typo"] = 1;
        var strict = await Sandbox.AskAsync("PUT", Label, body);
        using var lax = await Sandbox.Admin.PutAsync(Label, new StringContent(body.ToJsonString(), Encoding.UTF8, "text/plain"));

        Assert.That((strict.Status, (string?)strict.Answer["message"]), Is.EqualTo((400, "proto: (line 1:1): unknown field \"typo\"")));
        Assert.That(lax.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Without_asking_for_json_answers_are_in_camel_case()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/version");
        request.Headers.Accept.ParseAdd("*/*");
        using var response = await Sandbox.Admin.SendAsync(request);

        Assert.That((await response.Content.ReadFromJsonAsync<JsonObject>())!.ContainsKey("controlPlaneVersion"), Is.True);
    }

    [TestCase("GET", "/api/v1/nothing", 404, 5)]
    [TestCase("PATCH", "/api/v1/projects", 501, 12)]
    [TestCase("GET", "/config/v1/flyte_client", 501, 12)]
    public async Task What_there_is_not_is_reported_as_grpc_gateway_does(string method, string path, int status, int code)
    {
        var refused = await Sandbox.AskAsync(method, path);

        Assert.That((refused.Status, (int?)refused.Answer["code"]), Is.EqualTo((status, code)));
    }

    [Test]
    public async Task The_active_launch_plan_is_the_last_one_that_was_activated()
    {
        foreach (var (version, active) in new[] { ("v1", true), ("v2", true), ("v3", false) })
            await Sandbox.Control.RegisterLaunchPlanAsync(
                new JsonObject
                {
                    ["project"] = "flytesnacks",
                    ["domain"] = "staging",
                    ["name"] = "plan",
                    ["version"] = version,
                    ["active"] = active,
                },
                default
            );

        Assert.That((string?)(await Sandbox.MustAsync("GET", "/api/v1/active_launch_plans/flytesnacks/staging/plan"))["id"]!["version"], Is.EqualTo("v2"));
        Assert.That((string?)(await Sandbox.MustAsync("GET", "/api/v1/launch_plans/flytesnacks/staging/plan/v1"))["closure"]!["state"], Is.EqualTo("INACTIVE"));
        var all = await Sandbox.MustAsync("GET", "/api/v1/active_launch_plans/flytesnacks/staging?limit=100");
        Assert.That(
            all["launch_plans"]!.AsArray().Select(p => $"{p!["id"]!["name"]} {p["id"]!["version"]}"),
            Is.EqualTo(new[] { "plan v2", "sandbox.hello v1" })
        );
    }

    [Test]
    public async Task With_authentication_calls_need_a_token_of_the_client()
    {
        await Sandbox.Control.ConfigureFlyteAdminAsync(OAuth(3600), default);

        var refused = await Sandbox.AskAsync("GET", "/api/v1/projects");
        var metadata = await Sandbox.MustAsync("GET", "/.well-known/oauth-authorization-server");
        var header = (string)(await Sandbox.MustAsync("GET", "/config/v1/flyte_client"))["authorization_metadata_key"]!;
        var token = await TokenAsync((string)metadata["token_endpoint"]!, "secret");

        Assert.That((refused.Status, (int?)refused.Answer["code"]), Is.EqualTo((401, 16)));
        Assert.That(await StatusAsync(header, token), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await StatusAsync("Authorization", token), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await StatusAsync(header, "other"), Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [TestCase("flytepropeller", "foobar", "foobar", true)]
    [TestCase("flytepropeller", "own", "own", true)]
    [TestCase("flytepropeller", "foobar", "own", false)]
    [TestCase("id", "secret", "own", true)]
    [TestCase("", "", "foobar", false)]
    public void With_authentication_flytepropeller_logs_in_too(string id, string secret, string expected, bool letsIn)
    {
        var server = new OAuthServer(TimeProvider.System);
        server.Configure(new OAuthSettings("id", "secret", TimeSpan.FromHours(1), expected));

        Assert.That(
            () => server.RequirePropeller((id, secret)),
            letsIn ? Throws.Nothing : Throws.TypeOf<AdminException>().With.Property("Code").EqualTo(AdminCode.Unauthenticated)
        );
    }

    [Test]
    public async Task Events_of_a_flytepropeller_without_a_login_are_refused_while_authentication_is_on()
    {
        await Sandbox.Control.RegisterLaunchPlanAsync(
            new JsonObject
            {
                ["project"] = "flytesnacks",
                ["domain"] = "production",
                ["name"] = "long",
                ["version"] = "v1",
                ["behaviour"] = "runs",
            },
            default
        );
        await Sandbox.Control.ConfigureFlyteAdminAsync(OAuth(3600), default);
        Sandbox.Admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync("/oauth2/token", "secret"));
        var name = await Sandbox.RunAsync("long", "production", "label1");
        await Sandbox.UntilLoggedAsync("flytepropeller: token parse error");

        Assert.That(FlyteSandbox.Phase(await Sandbox.ExecutionAsync(name, "production")), Is.EqualTo("UNDEFINED"));
        Sandbox.Admin.DefaultRequestHeaders.Authorization = null;
        await SwitchAuthenticationOff();
        await Sandbox.UntilPhaseAsync(name, "RUNNING", "production");
    }

    [Test]
    public async Task A_token_expires()
    {
        await Sandbox.Control.ConfigureFlyteAdminAsync(OAuth(0), default);

        Assert.That(await StatusAsync("flyte-authorization", await TokenAsync("/oauth2/token", "secret")), Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task A_wrong_secret_gets_no_token()
    {
        await Sandbox.Control.ConfigureFlyteAdminAsync(OAuth(60), default);

        Assert.That(
            async () => await TokenAsync("/oauth2/token", "wrong"),
            Throws.InstanceOf<HttpRequestException>().With.Property("StatusCode").EqualTo(HttpStatusCode.Unauthorized)
        );
    }

    [Test]
    public async Task Its_requests_meet_faults_and_are_counted_as_those_of_a_cluster()
    {
        await Sandbox.Control.AddFaultAsync(
            new JsonObject
            {
                ["cluster"] = "flyteadmin",
                ["kind"] = "status",
                ["status"] = 503,
                ["count"] = 1,
            },
            default
        );
        var writes = await WritesAsync();

        var refused = await Sandbox.AskAsync("PUT", Label, Attributes("label1"));

        Assert.That((refused.Status, (int?)refused.Answer["code"]), Is.EqualTo((503, 14)));
        Assert.That(await WritesAsync(), Is.EqualTo(writes + 1));
        Assert.That((await Sandbox.Control.RequestsAsync("flyteadmin", default))[^1]["status"]!.GetValue<int>(), Is.EqualTo(503));
    }

    private static JsonObject OAuth(int seconds) =>
        new()
        {
            ["oauth2"] = new JsonObject
            {
                ["clientId"] = "id",
                ["clientSecret"] = "secret",
                ["expiresInSeconds"] = seconds,
            },
        };

    private async Task<long> WritesAsync() => (await Sandbox.Control.StatusAsync(default))["writes"]!["flyteadmin"]!.GetValue<long>();

    private async Task<string> TokenAsync(string endpoint, string secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint)
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("grant_type", "client_credentials")]),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"id:{secret}")));
        using var response = await Sandbox.Admin.SendAsync(request);
        return (string)(await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonObject>())!["access_token"]!;
    }

    private async Task<HttpStatusCode> StatusAsync(string header, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/projects");
        request.Headers.TryAddWithoutValidation(header, $"Bearer {token}");
        using var response = await Sandbox.Admin.SendAsync(request);
        return response.StatusCode;
    }

    private async Task PutAsync(string path, string label)
    {
        var (status, answer) = await Sandbox.AskAsync("PUT", path, Attributes(label));
        Assert.That(status, Is.EqualTo(200), answer.ToJsonString());
    }

    private static JsonObject Attributes(string label) =>
        new()
        {
            ["attributes"] = new JsonObject { ["matching_attributes"] = new JsonObject { ["execution_cluster_label"] = new JsonObject { ["value"] = label } } },
        };

    private async Task<string[]> RowsAsync(string project) =>
        [
            .. (await Sandbox.MustAsync("GET", "/api/v1/matchable_attributes?resource_type=EXECUTION_CLUSTER_LABEL"))["configurations"]!
                .AsArray()
                .Where(r => (string?)r!["project"] == project)
                .Select(r => $"{r!["domain"]} {r["workflow"]} {Value(r["attributes"])}"),
        ];

    private static string? Value(JsonNode? matching) => (string?)matching!["execution_cluster_label"]!["value"];
}
