using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.FlyteAdmin;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>SmokeRun against the sandbox's FlyteAdmin and propellers.</summary>
internal sealed class SmokeTests : AdminTests
{
    private static readonly string[] Rows = ["flytesnacks/development=label2"];

    [Test]
    public async Task Every_label_is_proven_on_its_cluster()
    {
        var fleet = Fleet(Rows, Smoke);
        (await RunAsync($"--fleet={fleet}", "--target=UpdateExecutionClusterLabels")).Expect(0);

        var run = (await RunAsync($"--fleet={fleet}", "--target=SmokeRun")).Expect(0);

        Assert.That(Proven(run), Is.EquivalentTo(new[] { "label1 dataplane_1 SUCCEEDED", "label2 dataplane_2 SUCCEEDED" }));
        Assert.That(run.Output, Does.Match(@"smoke run, label label1: flytesnacks/development/s[0-9a-f]{10}-0-0 (RUNNING|SUCCEEDED) on dataplane_1"));
    }

    [Test]
    public async Task A_join_with_labels_and_smoke_run_is_proven_once()
    {
        var fleet = Fleet(Rows, Smoke, name: "join");

        var first = (await RunAsync($"--fleet={fleet}")).Expect(0);
        var second = (await RunAsync($"--fleet={fleet}")).Expect(0);
        var plan = (await RunAsync($"--fleet={fleet}", "--plan", "--detailed-exitcode")).Expect(0);

        Assert.That(first.Changes.Count(change => change.Contains("create Execution flytesnacks", StringComparison.Ordinal)), Is.EqualTo(2));
        Assert.That(second.Changes.Concat(plan.Changes), Is.Empty);
        Assert.That(second.Output, Does.Contain("proved it, on dataplane_1").And.Contain("proved it, on dataplane_2"));
    }

    [Test]
    public async Task A_typo_put_in_by_hand_is_caught_with_its_cause()
    {
        var fleet = Fleet(Rows, Smoke);
        (await RunAsync($"--fleet={fleet}", "--target=UpdateExecutionClusterLabels")).Expect(0);
        await SetAsync("flytesnacks/development", "lable2");

        var run = (await RunAsync($"--fleet={fleet}", "--target=SmokeRun")).Expect(1);

        Assert.That(
            run.Output,
            Does.Contain("FlyteAdmin's label for flytesnacks/development is lable2, the fleet's is label2. No labelClusterMap has the label lable2")
        );
        Assert.That(Proven(run), Is.EquivalentTo(new[] { "label1 dataplane_1 SUCCEEDED", "label2  " }));
    }

    [Test]
    public async Task Ctrl_C_aborts_what_was_started()
    {
        await Bed.Control.RegisterLaunchPlanAsync(
            (JsonObject)
                JsonNode.Parse("""{"project":"flytesnacks","domain":"development","name":"sandbox.runs","version":"v1","active":true,"behaviour":"runs"}""")!,
            default
        );
        var smoke = Smoke
            .Replace("sandbox.hello", "sandbox.runs", StringComparison.Ordinal)
            .Replace(", inputs: {name: smoke}", string.Empty, StringComparison.Ordinal);
        using var program = Bed.Start(["--target=SmokeRun", $"--fleet={Fleet([], smoke)}"]);
        await program.UntilPrintedAsync(line => line.Contains("RUNNING on dataplane_1", StringComparison.Ordinal));
        await program.UntilPrintedAsync(line => line.Contains("RUNNING on dataplane_2", StringComparison.Ordinal));

        var ended = (await program.SignalAsync("INT")).Expect(130);

        var started = ended
            .Changes.Where(change => change.StartsWith("controlplane create Execution ", StringComparison.Ordinal))
            .Select(change => change.Split('/')[^1])
            .ToArray();
        Assert.That(started, Has.Length.EqualTo(2));
        foreach (var name in started)
            Assert.That(
                (await Admin.ExecutionAsync(new ExecutionId("flytesnacks", "development", name), default))!.Phase,
                Is.EqualTo(ExecutionPhase.Aborted).Or.EqualTo(ExecutionPhase.Aborting)
            );
    }

    private static IEnumerable<string> Proven(Finished run) =>
        run.Report["smokeRuns"]!.AsArray().Select(smoke => $"{smoke!["label"]} {smoke["cluster"]} {smoke["phase"]}");
}
