using System.Text.Json.Nodes;
using Flyte.MultiCluster.Tests.Common.Processes;
using Flyte.MultiCluster.Tests.Stubs;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>The runbook's own tools, where the fleet asks for them: flytectl writes the labels, pyflyte starts the trial run.</summary>
internal sealed class RunbookToolTests : AdminTests
{
    private string _config = null!;

    [OneTimeSetUp]
    public void PutStubsOnPath()
    {
        _config = Path.Combine(Bed.Folder, "flyte-config.yaml");
        File.WriteAllText(
            _config,
            $"admin:\n  endpoint: dns:///{Bed.State.FlyteAdmin!.Authority}\n  caCertFilePath: {Path.Combine(Bed.State.Folder, "flyteadmin-ca.crt")}\n"
        );
        foreach (var tool in new[] { "flytectl", "pyflyte" })
        {
            ExecutableFile.Write(
                Path.Combine(Bed.Folder, "tools4", tool),
                $"#!/bin/sh\nprintf '%s\\n' \"{tool} $*\" >>'{Bed.CommandLines}'\nexec '{Path.Combine(StubTools.Folder, tool)}' \"$@\"\n"
            );
        }
    }

    [OneTimeTearDown]
    public void TakeThemOff()
    {
        foreach (var tool in new[] { "flytectl", "pyflyte" })
            File.Delete(Path.Combine(Bed.Folder, "tools4", tool));
    }

    [Test]
    public async Task Flytectl_writes_the_labels_and_those_that_it_leaves_out_are_set()
    {
        string[] rows =
        [
            "flytesnacks/development=label1",
            "flytesnacks/development/core.hello=label2",
            "flytesnacks/development/core.bye=label1",
            "flytetester=label2",
        ];
        await SetAsync("flytesnacks/development", "label2");
        await SetAsync("flytesnacks", "label1");
        var fleet = Fleet(rows, flytectl: $", flytectl: true, config: {_config}");

        var run = (await RunAsync($"--fleet={fleet}", "--target=UpdateExecutionClusterLabels")).Expect(0);
        var second = (await RunAsync($"--fleet={fleet}", "--target=UpdateExecutionClusterLabels")).Expect(0);

        Assert.That(await RowsAsync(), Is.EquivalentTo(rows.Append("flytesnacks=label1")));
        Assert.That(
            await File.ReadAllLinesAsync(Bed.CommandLines),
            Has.Exactly(4)
                .Matches<string>(line =>
                    line!.StartsWith("flytectl ", StringComparison.Ordinal) && line.Contains("update execution-cluster-label", StringComparison.Ordinal)
                )
        );
        Assert.That(run.Changes.Count(change => change.Contains("ExecutionClusterLabel", StringComparison.Ordinal)), Is.GreaterThanOrEqualTo(4));
        Assert.That(second.Changes, Is.Empty);
    }

    [Test]
    public async Task Pyflyte_starts_the_trial_run_and_its_place_is_checked()
    {
        await Bed.Control.RegisterLaunchPlanAsync(
            (JsonObject)
                JsonNode.Parse(
                    """{"project":"flytesnacks","domain":"development","name":"example.training_workflow","version":"v1","active":true,"behaviour":"succeeds"}"""
                )!,
            default
        );
        var script = Path.Combine(Bed.Folder, "example.py");
        await File.WriteAllTextAsync(script, "def training_workflow():\n    pass\n");
        var fleet = Fleet(
            ["flytesnacks/development=label2"],
            $"pyflyte: {{script: {script}, workflow: training_workflow, project: flytesnacks, domain: development}}",
            flytectl: $", config: {_config}"
        );
        (await RunAsync($"--fleet={fleet}", "--target=UpdateExecutionClusterLabels")).Expect(0);

        var run = (await RunAsync($"--fleet={fleet}", "--target=SmokeRun", "--smoke=pyflyte")).Expect(0);

        Assert.That(
            run.Report["smokeRuns"]?.AsArray().Select(smoke => $"{smoke?["label"]} {smoke?["cluster"]} {smoke?["phase"]}"),
            Is.EqualTo(new[] { "label2 dataplane_2 SUCCEEDED" })
        );
    }
}
