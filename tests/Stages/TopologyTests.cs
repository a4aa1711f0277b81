using System.Xml.Linq;
using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>Topology of two joined data planes.</summary>
internal sealed class TopologyTests : AdminTests
{
    protected override string JoinedFleet => Fleet([], Smoke, name: "topology");

    [Test]
    public async Task The_chart_has_what_flyteadmin_has_and_nothing_is_written()
    {
        await SetAsync("flytesnacks/development", "label2");
        (await RunAsync("--target=Verify", "--smoke")).Expect(ExitCode.Done);
        var writes = await Bed.WritesAsync();

        var chart = (await RunAsync("--target=Topology", "--output=mermaid")).Expect(ExitCode.Done).StandardOutput;

        Assert.That(chart, Does.StartWith("flowchart LR\n"));
        Assert.That(chart, Does.Match("""s0\["flytesnacks/development<br/>\d+ executions? in 24 h.*"\]"""));
        Assert.That(chart, Does.Match("""c1\["dataplane_2<br/>enabled<br/>v1\S+ · flyte-core v1\.16\.8<br/>[1-9]\d* executions? in 24 h"\]:::enabled"""));
        Assert.That(chart, Does.Contain("""l1 -->|"1"| c1""").And.Contain("s0 --> l1"));
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
    }

    [Test]
    public async Task As_text_the_chart_is_in_the_log() =>
        Assert.That(
            (await RunAsync("--target=Topology")).Expect(ExitCode.Done).StandardOutput,
            Does.Contain("\nflowchart LR\n").And.Contain("dataplane_1<br/>enabled")
        );

    [Test]
    public async Task Standard_output_holds_the_image_alone() =>
        Assert.That(
            XDocument.Parse((await RunAsync("--target=Topology", "--output=svg")).Expect(ExitCode.Done).StandardOutput).Root?.Name.LocalName,
            Is.EqualTo("svg")
        );

    [Test]
    public async Task A_file_gets_the_page_that_its_name_asks_for()
    {
        var file = Path.Combine(Bed.Folder, "new", "fleet.html");

        var run = (await RunAsync("--target=Topology", $"--output-file={file}")).Expect(ExitCode.Done);

        Assert.That(await File.ReadAllTextAsync(file), Does.StartWith("<!doctype html>").And.EndWith("</html>\n").And.Contain("<h3 title=\"dataplane_2\">"));
        Assert.That(run.StandardOutput, Does.Contain("Fleet: ").And.Contain($"The picture is in {file}.").And.Not.Contain("<html"));
    }

    [Test]
    public async Task A_file_that_cannot_be_written_is_refused_before_anything_is_read()
    {
        var run = (await RunAsync("--target=Topology", "--output-file=/proc/no/fleet.html")).Expect(ExitCode.Refused);

        Assert.That(run.Output, Does.Contain("--output-file=/proc/no/fleet.html: It cannot be written"));
    }

    [Test]
    public async Task A_cluster_that_does_not_answer_is_drawn_as_unreachable()
    {
        await Bed.FaultAsync("""{"cluster": "dataplane2", "kind": "refuse"}""");

        var run = (await RunAsync("--target=Topology", "--output=mermaid")).Expect(ExitCode.SomeClustersFailed);

        Assert.That(run.StandardOutput, Does.Match("c1\\[\"dataplane_2<br/>unreachable.*:::unreachable").And.Contain("dataplane_1<br/>enabled"));
    }

    [Test]
    public async Task Without_the_control_plane_the_picture_is_the_fleet_files_and_the_run_fails()
    {
        await Bed.FaultAsync("""{"cluster": "controlplane", "kind": "refuse"}""");

        var run = (await RunAsync("--target=Topology", "--output=mermaid")).Expect(ExitCode.Failed);

        Assert.That(run.StandardOutput, Does.Contain("controlplane<br/>unreachable").And.Contain("dataplane_1<br/>unknown").And.Contain("l0 -->|\"1\"| c0"));
        Assert.That(run.Output, Does.Contain("labels and weights are the fleet file's"));
    }

    [Test]
    public async Task A_drained_data_plane_is_drawn_as_drained()
    {
        (await RunAsync("--target=DrainDataPlane", "--cluster=dataplane_2", "--move-label=label2=dataplane_1")).Expect(ExitCode.Done);

        var chart = (await RunAsync("--target=Topology", "--output=mermaid")).Expect(ExitCode.Done).StandardOutput;

        Assert.That(chart, Does.Match("c1\\[\"dataplane_2<br/>drained.*:::drained").And.Contain("l1 -->|\"1\"| c0"));
        (await RunAsync("--undrain")).Expect(ExitCode.Done);
    }
}

/// <summary>Topology before anything is joined.</summary>
internal sealed class FirstTopologyTests : StageTests
{
    [Test]
    public async Task Data_planes_that_flyteadmin_does_not_know_yet_are_new_and_their_weights_planned()
    {
        var chart = (await Bed.RunAsync("--target=Topology", "--output=mermaid")).Expect(ExitCode.Done).StandardOutput;

        Assert.That(chart, Does.Match("c1\\[\"dataplane_2<br/>new.*:::new").And.Contain("l1 -.->|\"1\"| c1"));
    }
}
