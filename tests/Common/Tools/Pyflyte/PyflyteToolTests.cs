using System.Text.Json.Nodes;
using Cake.Core;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Tools.Pyflyte;
using Flyte.MultiCluster.Tests.Common.Changes;
using Flyte.MultiCluster.Tests.Common.Processes;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Tools.Pyflyte;

/// <summary>The command line that pyflyte gets, and the execution that is found in what it prints.</summary>
internal sealed class PyflyteToolTests
{
    private const string Started =
        "[✔] Go to https://flyte.example.com/console/projects/team1/domains/development/executions/f0a1b2c3 to see execution in the console.";

    [Test]
    public async Task The_runbooks_line_is_run()
    {
        var runner = new RecordingRunner { Output = ["", Started] };

        var id = await RunAsync(runner, """{"hyperparameters": {"C": 0.1, "name": "it's \"x\""}}""", "/my config.yaml");

        Assert.That(
            (id, runner.Line),
            Is.EqualTo(
                (
                    new ExecutionId("team1", "development", "f0a1b2c3"),
                    """--config "/my config.yaml" run --remote --project "team1" --domain "development" "/my scripts/example.py" "training_workflow" "--hyperparameters" "{\"C\":0.1,\"name\":\"it\u0027s \u0022x\u0022\"}" """.TrimEnd()
                )
            )
        );
    }

    [TestCase("""{"n": 3}""", """ "--n" "3" """)]
    [TestCase("""{"n": -0.5}""", """ "--n" "-0.5" """)]
    [TestCase("""{"s": "a b"}""", """ "--s" "a b" """)]
    [TestCase("""{"s": ""}""", """ "--s" "" """)]
    [TestCase("""{"l": [1, "a"]}""", """ "--l" "[1,\"a\"]" """)]
    [TestCase("""{"yes": true, "no": false}""", """ "--yes" "--no_no" """)]
    [TestCase("""{"optional": null}""", " ")]
    public async Task Inputs_are_given_as_click_reads_them(string inputs, string expected)
    {
        var runner = new RecordingRunner { Output = [Started] };

        await RunAsync(runner, inputs);

        Assert.That(
            runner.Line,
            Is.EqualTo($"""run --remote --project "team1" --domain "development" "/my scripts/example.py" "training_workflow"{expected}""".TrimEnd())
        );
    }

    [TestCase(Started)]
    [TestCase(
        "\u001b[32m\n[✔] \u001b[0mGo to \u001b[36mhttps://h/console/projects/team1/domains/development/executions/f0a1b2c3\u001b[0m to see "
            + "execution in the console."
    )]
    [TestCase("Go to http://localhost:30080/console/projects/team1/domains/development/executions/f0a1b2c3?duration=all to see execution in the console.")]
    [TestCase("https://h/console/v2/projects/team1/domains/development/executions/f0a1b2c3.")]
    public async Task The_execution_is_found_whatever_stands_around_it(string line) =>
        Assert.That(
            await RunAsync(new RecordingRunner { Output = ["Running Execution on Remote.", line] }),
            Is.EqualTo(new ExecutionId("team1", "development", "f0a1b2c3"))
        );

    [Test]
    public void A_run_that_does_not_print_its_execution_is_reported_with_what_was_printed() =>
        Assert.That(
            () => RunAsync(new RecordingRunner { Output = ["Running Execution on local.", "0.93"] }),
            Throws.TypeOf<PyflyteException>().With.Message.EqualTo("pyflyte run did not print which execution it started: Running Execution on local. 0.93")
        );

    [Test]
    public void A_pyflyte_that_fails_is_reported_in_its_words_of_both_streams() =>
        Assert.That(
            () =>
                RunAsync(
                    new RecordingRunner
                    {
                        ExitCode = 2,
                        Output = ["RPC Failed"],
                        Errors = ["╭─ Error ────╮", "│ No such option: --x │", "╰────╯"],
                    }
                ),
            Throws.TypeOf<PyflyteException>().With.Message.EqualTo("pyflyte run failed (exit code 2): RPC Failed Error No such option: --x")
        );

    [Test]
    public void A_pyflyte_that_fails_after_the_start_names_the_execution() =>
        Assert.That(
            () => RunAsync(new RecordingRunner { ExitCode = 1, Output = [Started, "RPC Failed"] }),
            Throws.TypeOf<PyflyteException>().With.Property(nameof(PyflyteException.Execution)).EqualTo(new ExecutionId("team1", "development", "f0a1b2c3"))
        );

    [Test]
    public void Of_a_long_traceback_the_end_is_reported() =>
        Assert.That(
            () => RunAsync(new RecordingRunner { ExitCode = 1, Output = [new string('x', 3000), "ValueError: no"] }),
            Throws.TypeOf<PyflyteException>().With.Message.Length.LessThan(600).And.Message.EndsWith("xxx ValueError: no")
        );

    [Test]
    public void A_pyflyte_that_fails_silently_is_reported() =>
        Assert.That(
            () => RunAsync(new RecordingRunner { ExitCode = 1 }),
            Throws.TypeOf<PyflyteException>().With.Message.EqualTo("pyflyte run failed (exit code 1): it printed nothing.")
        );

    [Test]
    public void A_pyflyte_that_is_missing_is_reported() =>
        Assert.That(
            () => RunAsync(new RecordingRunner(installed: false)),
            Throws.TypeOf<CakeException>().With.Message.Contains("pyflyte: Could not locate executable")
        );

    [Test]
    public void A_permit_is_needed()
    {
        var runner = new RecordingRunner();

        Assert.That(() => Runner(runner).RunRemoteAsync(null!, Settings("{}", null), default), Throws.ArgumentNullException);
        Assert.That(runner.Started, Is.Null);
    }

    private static async Task<ExecutionId> RunAsync(RecordingRunner runner, string inputs = "{}", string? config = null) =>
        await Runner(runner).RunRemoteAsync(await Permits.GetAsync(), Settings(inputs, config), default);

    private static PyflyteRunSettings Settings(string inputs, string? config) =>
        new()
        {
            Config = config,
            Run = new PyflyteRun
            {
                Script = "/my scripts/example.py",
                Workflow = "training_workflow",
                Project = "team1",
                Domain = "development",
                Inputs = (JsonObject)JsonNode.Parse(inputs)!,
            },
        };

    private static PyflyteRunRunner Runner(RecordingRunner runner) => new(runner.FileSystem, runner.Environment, runner.Processes, runner.Tools);
}
