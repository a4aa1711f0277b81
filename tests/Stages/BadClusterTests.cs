using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Run;
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
    public async Task A_data_plane_whose_images_cannot_be_pulled_is_reported_and_left_out()
    {
        await Bed.FaultAsync("""{"cluster": "dataplane2", "kind": "imagePull", "name": "flytepropeller"}""");

        var run = (await Bed.RunAsync("--timeout=10s")).Expect(ExitCode.SomeClustersFailed);

        await AssertOnlyTheFirstJoinedAsync(run, "InstallDataPlane");
        Assert.That(
            run.Output,
            Does.Match("failed in InstallDataPlane: not available within 10 s: .*container flytepropeller: (ImagePullBackOff|ErrImagePull)")
        );

        await Bed.Control.ClearFaultsAsync(default);
        Assert.That((await Bed.RunAsync()).Expect(0).Outcome("dataplane_2"), Is.EqualTo("changed"));
    }

    [Test]
    public async Task A_token_that_is_never_filled_is_reported_and_its_data_plane_left_out()
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

    [Test]
    public async Task A_data_plane_that_dies_between_the_checks_and_helm_is_found_before_helm_runs()
    {
        (await Bed.RunAsync()).Expect(0);
        const string Labels = "{label1: [{id: dataplane_1, weight: 1}], label3: [{id: dataplane_1, weight: 1}], label2: [{id: dataplane_2, weight: 1}]}";
        await Bed.FaultAsync("""{"cluster": "dataplane2", "kind": "refuse", "after": "^dataplane1 POST /apis/authentication.k8s.io/"}""");

        var refused = (await Bed.RunAsync($"--fleet={Bed.Fleet(labels: Labels)}", "--cluster=dataplane_1")).Expect(ExitCode.Refused);

        Assert.That(
            refused.Report["stages"]!.AsArray().Select(stage => $"{stage!["name"]} {stage["status"]}"),
            Has.Member("CheckControlPlaneRelease done").And.Member("UpgradeControlPlane failed")
        );
        Assert.That((string?)refused.Report["problems"]!.AsArray().Single()!["place"], Is.EqualTo("dataplane_2"));
        Assert.That(await ClustersAsync(), Does.Not.Contain("label3"));
    }

    [Test]
    public async Task A_key_that_is_missing_in_the_Secret_stops_an_upgrade_before_any_write()
    {
        (await Bed.RunAsync()).Expect(0);
        Bed.Kubectl("controlplane", "patch secret cluster-credentials --type=json --patch=[{\"op\":\"remove\",\"path\":\"/data/dataplane_2_token\"}]");
        var fleet = Bed.Fleet(
            labels: "{label1: [{id: dataplane_1, weight: 1}], label3: [{id: dataplane_1, weight: 1}], label2: [{id: dataplane_2, weight: 1}]}"
        );
        var writes = await Bed.WritesAsync();

        var refused = (await Bed.RunAsync($"--fleet={fleet}", "--cluster=dataplane_1")).Expect(ExitCode.Refused);

        Assert.That(refused.Output, Does.Contain("Secret cluster-credentials has no 'dataplane_2_token'").And.Contain("Run without --cluster"));
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        (await Bed.RunAsync($"--fleet={fleet}")).Expect(0);
    }

    [Test]
    public async Task A_dead_cluster_that_the_fleet_does_not_name_is_disabled_by_naming_it_as_the_remedy_says()
    {
        (await Bed.RunAsync()).Expect(0);
        await Bed.FaultAsync("""{"cluster": "dataplane2", "kind": "refuse"}""");
        const string Labels = "{label1: [{id: dataplane_1, weight: 1}], label3: [{id: dataplane_1, weight: 1}]}";
        var writes = await Bed.WritesAsync();

        var refused = (await Bed.RunAsync($"--fleet={Bed.Fleet(Bed.Plane(1), Labels, name: "one")}")).Expect(ExitCode.Refused);

        const string Named = "{name: dataplane_2, context: dataplane_2, enabled: false}";
        Assert.That(
            (string?)refused.Report["problems"]!.AsArray().Single()!["remedy"],
            Does.Contain($"add {Named} to dataPlanes").And.Not.Contain("in the fleet")
        );
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        var both = Labels.Replace("label3", "label2: [{id: dataplane_1, weight: 1}], label3", StringComparison.Ordinal);
        (await Bed.RunAsync($"--fleet={Bed.Fleet($"{Bed.Plane(1)}, {Named}", both, name: "named")}")).Expect(0);
        Assert.That(await ClustersAsync(), Does.Contain("label3").And.Contain("enabled: false"));
    }

    private async Task AssertOnlyTheFirstJoinedAsync(Finished run, string failedIn)
    {
        Assert.That((run.Outcome("dataplane_1"), run.Outcome("dataplane_2")), Is.EqualTo(("changed", "failed")));
        Assert.That(Stage(run.Report, failedIn), Is.EqualTo("failed"));
        Assert.That(await ClustersAsync(), Does.Contain("name: dataplane_1").And.Not.Contain("dataplane_2").And.Not.Contain("label2"));
        Assert.That((await ControlPlane.SecretAsync("cluster-credentials")).Keys, Is.EquivalentTo(new[] { "dataplane_1_token", "dataplane_1_cacert" }));
    }

    private async Task<string?> ClustersAsync() =>
        (string?)(await ControlPlane.FlyteAsync("configmaps", "flyte-admin-clusters-config"))?["data"]?["clusters.yaml"];

    private static string? Stage(JsonObject report, string name) =>
        (string?)report["stages"]!.AsArray().Single(stage => (string?)stage!["name"] == name && (string?)stage["cluster"] == "dataplane_2")!["status"];
}
