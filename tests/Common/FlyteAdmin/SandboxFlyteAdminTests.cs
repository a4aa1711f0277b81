using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Tools.Flytectl;
using Flyte.MultiCluster.Common.Tools.Pyflyte;
using Flyte.MultiCluster.Tests.Common.Changes;
using Flyte.MultiCluster.Tests.Common.Values;
using Flyte.MultiCluster.Tests.Sandbox.FlyteAdmin;
using Flyte.MultiCluster.Tests.Stubs;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.FlyteAdmin;

/// <summary>The client and the stubs of flytectl and pyflyte against the sandbox's FlyteAdmin.</summary>
[Platform(Exclude = "Win", Reason = "The stubs are started by their first line.")]
internal sealed class SandboxFlyteAdminTests : JoinedSandboxTests
{
    private const string Variable = "FLYTE_TEST_SECRET_OF_SANDBOX_TESTS";

    private static readonly LabelScope Domain = new("flytesnacks", "development");

    private ChangePermit _permit = null!;
    private IFlyteAdmin _client = null!;

    private Uri Endpoint => new(Sandbox.Host.FlyteAdminListener!.Server);

    [SetUp]
    public async Task Open()
    {
        _permit = await Permits.GetAsync();
        _client = Client(null);
    }

    [TearDown]
    public async Task Close()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        await Sandbox.Control.ConfigureFlyteAdminAsync(new JsonObject { ["oauth2"] = null }, default);
        foreach (var scope in (await _client.ExecutionLabelsAsync(default)).Keys)
            await _client.DeleteExecutionLabelAsync(_permit, scope, default);
        _client.Dispose();
    }

    [Test]
    public async Task Projects_domains_and_the_version_are_read() =>
        Assert.That(
            (await _client.VersionAsync(default), await _client.ProjectsAsync(default), await _client.DomainsAsync(default)),
            Is.EqualTo(("v1.16.8", new[] { "flytesnacks", "flytetester" }, new[] { "development", "staging", "production" }))
        );

    [Test]
    public async Task Executions_since_a_time_come_the_newest_first_over_all_pages()
    {
        var since = DateTimeOffset.UtcNow.AddSeconds(-2);
        for (var n = 0; n < 103; n++)
            await Sandbox.RunAsync("sandbox.hello", "production");

        var recent = await _client.ExecutionsSinceAsync("flytesnacks", "production", since, default);
        var later = await _client.ExecutionsSinceAsync("flytesnacks", "production", DateTimeOffset.UtcNow.AddHours(1), default);

        Assert.That((recent.Executions.Count, recent.HasMore, later.Executions.Count), Is.EqualTo((103, false, 0)));
        Assert.That(recent.Executions.Select(execution => execution.CreatedAt), Is.Ordered.Descending);
        Assert.That(recent.Executions.Select(execution => execution.Cluster), Is.All.StartsWith("dataplane_"));
    }

    [Test]
    public async Task Labels_are_put_read_and_deleted()
    {
        await _client.PutExecutionLabelAsync(_permit, Domain, "label1", default);
        await _client.PutExecutionLabelAsync(_permit, Domain with { Workflow = "core.hello" }, "label2", default);
        var put = await _client.ExecutionLabelsAsync(default);
        await _client.DeleteExecutionLabelAsync(_permit, Domain, default);
        await _client.DeleteExecutionLabelAsync(_permit, Domain, default);

        Assert.That(put, Is.EquivalentTo(new Dictionary<LabelScope, string> { [Domain] = "label1", [Domain with { Workflow = "core.hello" }] = "label2" }));
        Assert.That(await _client.ExecutionLabelsAsync(default), Is.Empty);
    }

    [Test]
    public void A_label_of_a_project_that_is_not_there_is_refused() =>
        Assert.That(
            () => _client.PutExecutionLabelAsync(_permit, new LabelScope("nobody", "development"), "label1", default),
            Throws.TypeOf<FlyteAdminException>().With.Property("Code").EqualTo("InvalidArgument")
        );

    [Test]
    public async Task An_execution_runs_where_its_label_says()
    {
        var plan = await _client.LaunchPlanAsync("flytesnacks", "development", "sandbox.hello", null, default);
        var id = new ExecutionId("flytesnacks", "development", "client-runs");

        var made = await _client.CreateExecutionAsync(_permit, new ExecutionRequest(id, plan!, [], "label2"), default);
        var again = await _client.CreateExecutionAsync(_permit, new ExecutionRequest(id, plan!, [], "label2"), default);
        await FlyteSandbox.UntilAsync(async () => (await _client.ExecutionAsync(id, default))!.HasEnded, "it does not end");
        await _client.AbortExecutionAsync(_permit, id, "too late", default);

        Assert.That(
            await _client.ExecutionAsync(id, default),
            Is.Not.Null.And.Property("Phase")
                .EqualTo(ExecutionPhase.Succeeded)
                .And.Property("Cluster")
                .EqualTo("dataplane_2")
                .And.Property("CreatedAt")
                .Not.Null
        );
        Assert.That((made, again), Is.EqualTo((true, false)));
        Assert.That(plan!.Inputs["name"].Type.ToJsonString(), Does.Contain("STRING"));
    }

    [Test]
    public async Task What_is_not_there_is_null() =>
        Assert.That(
            (
                await _client.LaunchPlanAsync("flytesnacks", "development", "none", null, default),
                await _client.ExecutionAsync(new ExecutionId("flytesnacks", "development", "none"), default)
            ),
            Is.EqualTo(((LaunchPlan?)null, (Execution?)null))
        );

    [Test]
    public async Task Client_credentials_log_in()
    {
        await Sandbox.Control.ConfigureFlyteAdminAsync(
            (JsonObject)JsonNode.Parse("""{"oauth2": {"clientId": "me", "clientSecret": "a secret", "expiresInSeconds": 3600}}""")!,
            default
        );
        Environment.SetEnvironmentVariable(Variable, "a secret");
        using var client = Client(new FlyteAdminLogin { ClientId = "me", ClientSecretVariable = Variable });

        Assert.That(() => _client.ProjectsAsync(default), Throws.TypeOf<FlyteAdminException>().With.Property("Code").EqualTo("Unauthenticated"));
        Assert.That(await client.ProjectsAsync(default), Is.EqualTo(new[] { "flytesnacks", "flytetester" }));
        Environment.SetEnvironmentVariable(Variable, "another");
        using var wrong = Client(new FlyteAdminLogin { ClientId = "me", ClientSecretVariable = Variable });
        Assert.That(() => wrong.ProjectsAsync(default), Throws.TypeOf<FlyteAdminException>().With.Property("Code").EqualTo("invalid_client"));
        await Sandbox.Control.ConfigureFlyteAdminAsync(new JsonObject { ["oauth2"] = null }, default);
    }

    [Test]
    public async Task Flytectls_stub_writes_a_label()
    {
        using var folder = new TemporaryFolder();
        var runner = StubTools.Flytectl(out var path);
        var settings = new FlytectlLabelSettings
        {
            AttributeFile = folder.Write("ecl.yaml", AttributeFile.Text(Domain, "label1")),
            Config = Config(folder),
            ToolPath = path,
        };

        var first = await runner.UpdateAsync(_permit, settings, default);
        var second = await runner.UpdateAsync(_permit, settings, default);

        Assert.That((first, second, (await _client.ExecutionLabelsAsync(default))[Domain]), Is.EqualTo((true, false, "label1")));
    }

    [Test]
    public async Task Pyflytes_stub_starts_an_execution()
    {
        using var folder = new TemporaryFolder();
        await _client.PutExecutionLabelAsync(_permit, Domain, "label2", default);
        var runner = StubTools.Pyflyte(out var path);
        var run = new PyflyteRun
        {
            Script = folder.Write("sandbox.py", "def hello(name: str = ''):\n    pass\n"),
            Workflow = "hello",
            Project = "flytesnacks",
            Domain = "development",
            Inputs = new JsonObject { ["name"] = "me" },
        };

        var id = await runner.RunRemoteAsync(
            _permit,
            new PyflyteRunSettings
            {
                Run = run,
                Config = Config(folder),
                ToolPath = path,
            },
            default
        );

        await FlyteSandbox.UntilAsync(async () => (await _client.ExecutionAsync(id, default))!.HasEnded, "it does not end");
        Assert.That((await _client.ExecutionAsync(id, default))!.Cluster, Is.EqualTo("dataplane_2"));
    }

    private string Config(TemporaryFolder folder) =>
        folder.Write("config.yaml", $"admin: {{endpoint: dns:///{Endpoint.Authority}, insecure: false, caCertFilePath: {Sandbox.AdminAuthority}}}\n");

    private IFlyteAdmin Client(FlyteAdminLogin? login) =>
        FlyteAdminClient.Open(
            new FlyteAdminSettings
            {
                Endpoint = Endpoint,
                CaFile = Sandbox.AdminAuthority,
                Login = login,
            },
            new ChildProcessRunner()
        );
}
