using System.Text.Json.Nodes;
using Flyte.MultiCluster.Build;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>One data plane that fails does not hold the other up, and never reaches the control plane's configuration.</summary>
internal sealed class BadClusterTests : StageTests
{
    [Test]
    public async Task An_unreachable_data_plane_is_left_out_and_joins_later()
    {
        await Bed.FaultAsync("""{"cluster": "dataplane2", "kind": "refuse"}""");

        var first = (await Bed.RunAsync()).Expect(ExitCode.SomeClustersFailed);

        await AssertOnlyTheFirstJoinedAsync(first, "CheckClusters");
        Assert.That(first.Output, Does.Contain("[dataplane_2] CheckClusters failed"));

        await Bed.Control.ClearFaultsAsync(default);
        var second = (await Bed.RunAsync()).Expect(0);

        Assert.That(second.Outcome("dataplane_2"), Is.EqualTo("changed"));
        Assert.That(await ClustersAsync(), Does.Contain("name: dataplane_1").And.Contain("name: dataplane_2").And.Contain("label2"));
    }

    [Test]
    public async Task A_data_plane_whose_images_cannot_be_pulled_is_told_so_and_left_out()
    {
        await Bed.FaultAsync("""{"cluster": "dataplane2", "kind": "imagePull", "name": "flytepropeller"}""");

        var run = (await Bed.RunAsync("--timeout=10s")).Expect(ExitCode.SomeClustersFailed);

        await AssertOnlyTheFirstJoinedAsync(run, "InstallDataPlane");
        Assert.That(run.Output, Does.Match("failed in InstallDataPlane: not available within 10 s: .*container flytepropeller: (ImagePullBackOff|ErrImagePull)"));

        await Bed.Control.ClearFaultsAsync(default);
        Assert.That((await Bed.RunAsync()).Expect(0).Outcome("dataplane_2"), Is.EqualTo("changed"));
    }

    [Test]
    public async Task A_token_that_is_never_filled_is_told_so_and_its_data_plane_left_out()
    {
        await Bed.FaultAsync("""{"cluster": "dataplane2", "kind": "tokenNeverFilled"}""");

        var run = (await Bed.RunAsync("--timeout=10s")).Expect(ExitCode.SomeClustersFailed);

        await AssertOnlyTheFirstJoinedAsync(run, "CreateDataPlaneToken");
        Assert.That(run.Output, Does.Contain("The token controller did not fill Secret dataplane-2-token within 10 s."));
    }

    [Test]
    public async Task Where_every_data_plane_is_unreachable_nothing_is_written()
    {
        var writes = await Bed.WritesAsync();
        await Bed.FaultAsync("""{"cluster": "dataplane1", "kind": "refuse"}""");
        await Bed.FaultAsync("""{"cluster": "dataplane2", "kind": "refuse"}""");

        var run = (await Bed.RunAsync()).Expect(ExitCode.Refused);

        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        Assert.That(run.Report["problems"]!.AsArray().Select(problem => (string?)problem!["place"]), Is.EquivalentTo(new[] { "dataplane_1", "dataplane_2" }));
    }

    [Test]
    public async Task Without_the_control_plane_nothing_is_written()
    {
        var writes = await Bed.WritesAsync();
        await Bed.FaultAsync("""{"cluster": "controlplane", "kind": "refuse"}""");

        var run = (await Bed.RunAsync()).Expect(ExitCode.Refused);

        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        Assert.That(run.Output, Does.Contain("controlplane: ").And.Contain("The control plane is needed"));
    }

    [Test]
    public async Task A_joined_data_plane_that_is_dead_stops_an_upgrade_before_any_write_and_disabling_it_lets_it_pass()
    {
        (await Bed.RunAsync()).Expect(0);
        await Bed.FaultAsync("""{"cluster": "dataplane2", "kind": "refuse"}""");
        const string Labels = "{label1: [{id: dataplane_1, weight: 1}], label3: [{id: dataplane_1, weight: 1}], label2: [{id: dataplane_2, weight: 1}]}";
        var writes = await Bed.WritesAsync();

        var refused = (await Bed.RunAsync($"--fleet={Bed.Fleet(labels: Labels, name: "enabled")}")).Expect(ExitCode.Refused);

        Assert.That((string?)refused.Report["problems"]!.AsArray().Single()!["remedy"], Does.Contain("enabled: false"));
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));

        var planes = $"{Bed.Plane(1)}, {Bed.Plane(2).Replace("{", "{enabled: false, ", StringComparison.Ordinal)}";
        var fleet = Bed.Fleet(planes, Labels.Replace("id: dataplane_2", "id: dataplane_1", StringComparison.Ordinal), name: "disabled");
        (await Bed.RunAsync($"--fleet={fleet}")).Expect(0);

        Assert.That(await ClustersAsync(), Does.Contain("enabled: false").And.Contain("name: dataplane_2"));
    }

    private async Task AssertOnlyTheFirstJoinedAsync(Finished run, string failedIn)
    {
        Assert.That((run.Outcome("dataplane_1"), run.Outcome("dataplane_2")), Is.EqualTo(("changed", "failed")));
        Assert.That(Stage(run.Report, failedIn), Is.EqualTo("failed"));
        Assert.That(await ClustersAsync(), Does.Contain("name: dataplane_1").And.Not.Contain("dataplane_2").And.Not.Contain("label2"));
        Assert.That((await ControlPlane.SecretAsync("cluster-credentials")).Keys, Is.EquivalentTo(new[] { "dataplane_1_token", "dataplane_1_cacert" }));
    }

    private async Task<string?> ClustersAsync() => (string?)(await ControlPlane.FlyteAsync("configmaps", "flyte-admin-clusters-config"))?["data"]?["clusters.yaml"];

    private static string? Stage(JsonObject report, string name)
        => (string?)report["stages"]!.AsArray().Single(stage => (string?)stage!["name"] == name && (string?)stage["cluster"] == "dataplane_2")!["status"];
}
