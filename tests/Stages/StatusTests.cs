using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tests.Common.Fleets;
using Flyte.MultiCluster.Tests.Docs;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>Status of two joined data planes.</summary>
internal sealed class StatusTests : JoinedTests
{
    [Test]
    public async Task Every_cluster_is_a_row_the_control_plane_first_and_nothing_is_written()
    {
        var writes = await Bed.WritesAsync();

        var status = (await StatusAsync()).Expect(ExitCode.Done);

        var clusters = Clusters(status);
        Assert.That(clusters.Select(row => (string?)row["cluster"]), Is.EqualTo(new[] { "controlplane", "dataplane_1", "dataplane_2" }));
        Assert.That(clusters.Select(row => (string?)row["chart"]), Is.All.EqualTo("flyte-core v1.16.8"));
        Assert.That(clusters.Select(row => (bool?)row["reachable"]), Is.All.True);
        Assert.That(clusters.Select(row => (bool?)row["enabled"]), Is.EqualTo(new bool?[] { null, true, true }));
        Assert.That(clusters[1]["labels"]!.ToJsonString(), Is.EqualTo("""{"label1":1}"""));
        Assert.That(clusters.Select(row => (int?)row["readyDeployments"]), Is.EqualTo(clusters.Select(row => (int?)row["deployments"])).And.All.Positive);
        Assert.That(clusters.Select(row => row["drift"]!.AsArray().Count), Is.All.Zero);
        Assert.That((long?)clusters[1]["tokenAgeSeconds"], Is.Not.Null.And.LessThan(3600));
        Assert.That((string?)clusters[2]["caExpiry"], Does.StartWith("20"));
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
    }

    [Test]
    public async Task The_document_is_as_its_schema_says()
    {
        var status = (await StatusAsync()).Expect(ExitCode.Done);

        var schema = JsonNode.Parse(Repository.Read("docs/status.schema.json"))!;
        Assert.That(SchemaCheck.Violations(schema, (JsonObject)JsonNode.Parse(status.StandardOutput)!), Is.Empty);
    }

    [Test]
    public async Task A_cluster_that_does_not_answer_is_one_row_and_the_others_are_read()
    {
        await Bed.FaultAsync("""{"cluster": "dataplane2", "kind": "refuse"}""");

        var status = (await RunAsync("--target=Status")).Expect(ExitCode.SomeClustersFailed);

        Assert.That(status.Output, Does.Match(@"dataplane_1 +v1\S+ +flyte-core v1\.16\.8"));
        Assert.That(status.Output, Does.Match(@"dataplane_2 +unreachable"));
    }

    [Test]
    public async Task What_somebody_changed_by_hand_and_work_that_goes_on_are_shown()
    {
        await DataPlane(1).PatchAsync("deployments", "flyte-pod-webhook", """{"spec": {"replicas": 0} }""");
        await DataPlane(1)
            .CreateAsync(
                "/apis/flyte.lyft.com/v1alpha1/namespaces/flyte/flyteworkflows",
                """{"apiVersion": "flyte.lyft.com/v1alpha1", "kind": "FlyteWorkflow", "metadata": {"name": "busy"} }"""
            );

        var row = Clusters((await StatusAsync()).Expect(ExitCode.Done))[1];

        Assert.That(row["drift"]!.AsArray().Select(phrase => (string?)phrase), Is.EqualTo(new[] { "Deployment flyte-pod-webhook has 0 replicas" }));
        Assert.That((int?)row["runningWorkflows"], Is.EqualTo(1));
        await DataPlane(1).DeleteAsync("/apis/flyte.lyft.com/v1alpha1/namespaces/flyte/flyteworkflows/busy");
        (await RunAsync()).Expect(ExitCode.Done);
    }

    [Test]
    public async Task A_cluster_that_only_flyteadmin_has_is_shown_as_not_in_the_fleet()
    {
        var fleet = Bed.Fleet(planes: Bed.Plane(1), labels: "{label1: [{id: dataplane_1, weight: 1}]}", name: "smaller");

        var rows = Clusters((await StatusAsync($"--fleet={fleet}")).Expect(ExitCode.Done));

        Assert.That((string?)rows[^1]["cluster"], Is.EqualTo("dataplane_2"));
        Assert.That((bool?)rows[^1]["inFleet"], Is.False);
        Assert.That(rows[^1]["labels"]!.ToJsonString(), Is.EqualTo("""{"label2":1}"""));
    }

    private Task<Finished> StatusAsync(params string[] arguments) => RunAsync([.. arguments, "--target=Status", "--output=json"]);

    private static IReadOnlyList<JsonNode> Clusters(Finished status) => [.. JsonNode.Parse(status.StandardOutput)!["clusters"]!.AsArray().Select(row => row!)];
}
