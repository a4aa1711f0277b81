using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Tools.Pyflyte;
using Flyte.MultiCluster.Tests.Common.Changes;
using Flyte.MultiCluster.Tests.Stubs;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Tools.Pyflyte;

/// <summary>pyflyte's stub: what the tests of <c>--smoke=pyflyte</c> rest on.</summary>
[Platform(Exclude = "Win", Reason = "The stubs are started by their first line.")]
internal sealed class PyflyteStubTests
{
    private StubAdmin _admin = null!;
    private string _script = null!;

    [SetUp]
    public async Task Start()
    {
        _admin = await StubAdmin.StartAsync();
        _script = _admin.Folder.Write("example.py", "@workflow\ndef training_workflow(hyperparameters: dict, n: int = 1, fast: bool = False):\n    pass\n");
        _admin.Plans["team1/development/example.training_workflow"] = (JsonObject)
            JsonNode.Parse(
                """
                {"id":{"name":"example.training_workflow","version":"v1"},
                 "closure":{"expected_inputs":{"parameters":{
                   "hyperparameters":{"var":{"type":{"simple":"STRUCT"}},"required":true},
                   "n":{"var":{"type":{"simple":"INTEGER"}},"default":{}},
                   "fast":{"var":{"type":{"simple":"BOOLEAN"}},"default":{}}}}}}
                """
            )!;
    }

    [TearDown]
    public async Task End() => await _admin.DisposeAsync();

    [Test]
    public async Task The_runner_starts_an_execution_through_it()
    {
        var id = await RunAsync("""{"hyperparameters": {"C": 0.1}, "n": -3, "fast": true}""");

        var started = _admin.Executions.Single();
        Assert.That(id, Is.EqualTo(new ExecutionId("team1", "development", (string)started["name"]!)));
        Assert.That(
            JsonNode.DeepEquals(
                started["inputs"]!["literals"],
                JsonNode.Parse(
                    """
                    {"hyperparameters":{"scalar":{"generic":{"C":0.1}}},"n":{"scalar":{"primitive":{"integer":"-3"}}},"fast":{"scalar":{"primitive":{"boolean":true}}}}
                    """
                )
            ),
            started.ToJsonString()
        );
    }

    [TestCase("""{"hyperparameters": {}, "m": 1}""", "(exit code 2)", "No such option: --m")]
    [TestCase("""{"n": 1}""", "(exit code 2)", "Missing option '--hyperparameters'.")]
    [TestCase("""{"hyperparameters": {}, "n": "many"}""", "(exit code 2)", "'many' is not a valid integer.")]
    [TestCase("""{"hyperparameters": "C=1"}""", "(exit code 2)", "should be a valid json object, C=1")]
    public void It_checks_the_inputs(string inputs, string exitCode, string error)
    {
        Assert.That(() => RunAsync(inputs), Throws.TypeOf<PyflyteException>().With.Message.Contains(exitCode).And.Message.Contains(error));
        Assert.That(_admin.Executions, Is.Empty);
    }

    [Test]
    public void A_workflow_that_the_script_has_not_is_reported() =>
        Assert.That(
            () => RunAsync("{}", workflow: "other"),
            Throws.TypeOf<PyflyteException>().With.Message.Contains("(exit code 1): AttributeError: module 'example' has no attribute 'other'")
        );

    [Test]
    public void A_workflow_that_is_not_registered_is_reported_as_an_RPC()
    {
        _admin.Plans.Clear();

        Assert.That(
            () => RunAsync("{}"),
            Throws
                .TypeOf<PyflyteException>()
                .With.Message.EqualTo("pyflyte run failed (exit code 1): RPC Failed, with Status: StatusCode.NOT_FOUND Details: entry not found")
        );
    }

    [TestCase("No such command 'go'.", "go")]
    [TestCase("No such option: --nope", "run", "--nope")]
    [TestCase("No such option: --config", "run", "--config", "x")]
    [TestCase("Option '--project' requires an argument.", "run", "--project")]
    public async Task It_checks_its_arguments(string error, params string[] arguments)
    {
        var ran = await StubTools.RunAsync("pyflyte", string.Empty, arguments);

        Assert.That((ran.ExitCode, ran.Output), Is.EqualTo((2, string.Empty)));
        Assert.That(ran.Errors, Does.Contain(error));
    }

    private async Task<ExecutionId> RunAsync(string inputs, string workflow = "training_workflow")
    {
        var runner = StubTools.Pyflyte(out var path);
        var run = new PyflyteRun
        {
            Script = _script,
            Workflow = workflow,
            Project = "team1",
            Domain = "development",
            Inputs = (JsonObject)JsonNode.Parse(inputs)!,
        };
        return await runner.RunRemoteAsync(
            await Permits.GetAsync(),
            new PyflyteRunSettings
            {
                Run = run,
                Config = _admin.Config,
                ToolPath = path,
            },
            default
        );
    }
}
