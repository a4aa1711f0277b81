using Flyte.MultiCluster.Tasks.ExecutionLabels;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>UpdateExecutionClusterLabels against the sandbox's FlyteAdmin.</summary>
internal sealed class LabelTests : AdminTests
{
    private static readonly string[] Rows =
    [
        "flytesnacks/development=label1",
        "flytesnacks/production=label2",
        "flytesnacks/development/core.hello=label2",
        "flytetester=label1",
    ];

    [Test]
    public async Task Labels_become_the_fleets_and_a_second_run_changes_nothing()
    {
        await SetAsync("flytesnacks/production", "label1");
        await SetAsync("flyteexamples/staging", "label1");

        var plan = (await LabelsAsync(Rows, "--plan")).Expect(0);
        var first = (await LabelsAsync(Rows, $"--expect={plan.PlanDigest}")).Expect(0);
        var second = (await LabelsAsync(Rows)).Expect(0);

        Assert.That(await RowsAsync(), Is.EquivalentTo(Rows.Append("flyteexamples/staging=label1")));
        Assert.That(
            first.Changes,
            Is.EquivalentTo(
                new[]
                {
                    "controlplane create ConfigMap flyte-multicluster-execution-labels",
                    "controlplane create ExecutionClusterLabel flytesnacks/development",
                    "controlplane update ExecutionClusterLabel flytesnacks/production",
                    "controlplane create ExecutionClusterLabel flytesnacks/development/core.hello",
                    "controlplane create ExecutionClusterLabel flytetester",
                }
            )
        );
        Assert.That(second.Changes, Is.Empty);
        Assert.That(plan.Output, Does.Contain("update ExecutionClusterLabel flytesnacks/production\n      @@ -1,1 +1,1 @@\n      -label1\n      +label2\n"));
    }

    [Test]
    public async Task A_typo_is_caught_before_the_first_write()
    {
        var writes = await Bed.WritesAsync();

        var run = (
            await LabelsAsync(["flytesnacks/development=lable1", "flytesnaks/production=label2", "flytesnacks/develop=label1", "flytetester=label1"])
        ).Expect(3);

        Assert.That(
            run.Output,
            Does.Contain("'lable1'")
                .And.Contain("Did you mean 'label1'?")
                .And.Contain("no active project 'flytesnaks'")
                .And.Contain("no active domain 'develop'")
        );
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
    }

    [Test]
    public async Task Pruned_rows_go_and_those_that_FlyteAdmin_takes_along_come_back()
    {
        (await LabelsAsync(Rows)).Expect(0);
        await SetAsync("flytesnacks/development/theirs", "label1");

        var reported = (await LabelsAsync(["flytesnacks/development/core.hello=label2"])).Expect(0);
        (await LabelsAsync(["flytesnacks/development/core.hello=label2"], "--prune-labels")).Expect(0);
        var again = (await LabelsAsync(["flytesnacks/development/core.hello=label2"], "--prune-labels")).Expect(0);

        Assert.That(reported.Changes, Is.Empty);
        Assert.That(reported.Output, Does.Contain("--prune-labels removes these labels"));
        Assert.That(await RowsAsync(), Is.EquivalentTo(new[] { "flytesnacks/development/core.hello=label2", "flytesnacks/development/theirs=label1" }));
        Assert.That(again.Changes, Is.Empty);
    }

    [Test]
    public async Task Two_operators_at_once_lose_nothing()
    {
        string[] second = ["flyteexamples/development=label2", "flyteexamples/production=label1"];
        var one = Bed.RunAsync(["--target=UpdateExecutionClusterLabels", $"--fleet={Fleet(Rows)}"]);
        var two = Bed.RunAsync(["--target=UpdateExecutionClusterLabels", $"--fleet={Fleet(second, name: "second")}"]);

        (await one).Expect(0);
        (await two).Expect(0);

        Assert.That(await RowsAsync(), Is.EquivalentTo(Rows.Concat(second)));
        Assert.That((await ControlPlane.FlyteAsync("configmaps", LabelRecord.Name))?["data"]?.AsObject(), Has.Count.EqualTo(6));
    }

    [Test]
    public async Task Two_hundred_rows_are_one_record_and_one_call_each()
    {
        string[] rows = [.. Enumerable.Range(0, 200).Select(number => $"flytesnacks/development/workflow{number}=label{(number % 2) + 1}")];
        var before = await CallsAsync();

        (await LabelsAsync(rows)).Expect(0);

        Assert.That(await RowsAsync(), Is.EquivalentTo(rows));
        Assert.That(await CallsAsync() - before, Is.EqualTo(200));
        Assert.That((await ControlPlane.FlyteAsync("configmaps", LabelRecord.Name))?["data"]?.AsObject(), Has.Count.EqualTo(200));
    }

    private async Task<int> CallsAsync() => (await Bed.Control.RequestsAsync("flyteadmin", default)).Count(request => (string?)request["method"] == "PUT");
}
