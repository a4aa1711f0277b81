using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>What happens to a fleet that has joined.</summary>
internal sealed class JoinedFleetTests : JoinedTests
{
    private static readonly string[] Consumers = ["flyteadmin", "syncresources"];
    private static readonly string[] Stages =
    [
        "CheckTools",
        "CheckClusters",
        "AddHelmRepository",
        "FetchChart",
        "CheckControlPlaneRelease",
        "WriteDataPlaneValues",
        "InstallDataPlane",
        "CreateDataPlaneToken",
        "CollectCredentials",
        "ApplyClusterCredentials",
        "WriteValuesOverride",
        "UpgradeControlPlane",
        "VerifyPods",
        "AddDataPlane",
    ];

    [Test]
    public async Task A_revoked_token_is_replaced_under_a_new_name_and_loaded_by_a_restart_alone()
    {
        await RevokeAsync();
        var revision = (await ControlPlane.ReleaseAsync("flyte-core"))?.Secret;

        var run = (await RunAsync()).Expect(0);

        Assert.That(
            run.Changes,
            Is.EquivalentTo(
                new[]
                {
                    $"dataplane_1 create Secret {await OriginNameAsync()}",
                    "controlplane update Secret cluster-credentials",
                    "controlplane restart Deployment flyteadmin",
                    "controlplane restart Deployment syncresources",
                }
            )
        );
        Assert.That(await StoredAsync(), Is.EqualTo(await OriginAsync()));
        Assert.That((await ControlPlane.ReleaseAsync("flyte-core"))?.Secret, Is.EqualTo(revision));
        Assert.That(await RestartsAsync(), Is.All.Not.Null);
        Assert.That((await RunAsync()).Changes, Is.Empty);
    }

    [Test]
    public async Task A_run_killed_between_the_new_credential_and_the_restart_is_finished_by_the_next()
    {
        await RevokeAsync();
        var before = await RestartsAsync();

        // The kill may come late: the restart is held back.
        await Bed.FaultAsync("""{"cluster": "controlplane", "method": "PATCH", "path": "/deployments/", "kind": "delay", "delayMs": 60000}""");
        using (var program = Bed.Start([]))
        {
            await program.UntilPrintedAsync(line => line == "== WriteValuesOverride");
            await program.KillAsync();
        }

        Assert.That(await StoredAsync(), Is.EqualTo(await OriginAsync()), "The credential was not stored before the kill.");
        Assert.That(await RestartsAsync(), Is.EqualTo(before));
        await Bed.Control.ClearFaultsAsync(default);

        var run = (await RunAsync()).Expect(0);

        Assert.That(run.Changes, Is.EquivalentTo(new[] { "controlplane restart Deployment flyteadmin", "controlplane restart Deployment syncresources" }));
    }

    [Test]
    public async Task One_chosen_cluster_is_worked_on_alone_and_the_other_kept()
    {
        var before = await ControlPlane.SecretAsync("cluster-credentials");
        await RevokeAsync();
        await DataPlane(2).DeleteAsync("deployments", "flytepropeller");

        var run = (await RunAsync("--cluster=dataplane_1")).Expect(0);

        var after = await ControlPlane.SecretAsync("cluster-credentials");
        Assert.That(run.Report["clusters"]!.AsArray().Select(cluster => (string?)cluster!["name"]), Is.EqualTo(new[] { "controlplane", "dataplane_1" }));
        Assert.That(after["dataplane_1_token"], Is.Not.EqualTo(before["dataplane_1_token"]));
        Assert.That(after["dataplane_2_token"], Is.EqualTo(before["dataplane_2_token"]));
        Assert.That(await DataPlane(2).FlyteAsync("deployments", "flytepropeller"), Is.Null, "What is not chosen is left as it is.");
        Assert.That(
            (string?)(await ControlPlane.FlyteAsync("configmaps", "flyte-admin-clusters-config"))?["data"]?["clusters.yaml"],
            Does.Contain("dataplane_2").And.Contain("label2")
        );
        (await RunAsync()).Expect(0);
    }

    [Test]
    public async Task No_restart_while_an_enabled_cluster_is_dead_and_the_next_run_loads_what_was_stored()
    {
        var before = await RestartsAsync();
        await RevokeAsync();
        await Bed.FaultAsync("""{"cluster": "dataplane2", "kind": "refuse"}""");

        var stopped = (await RunAsync("--cluster=dataplane_1")).Expect(ExitCode.Failed);

        Assert.That(stopped.Output, Does.Contain("dataplane_2: It stays enabled").And.Contain(". Look at"));
        Assert.That(await RestartsAsync(), Is.EqualTo(before));
        await Bed.Control.ClearFaultsAsync(default);
        Assert.That(
            (await RunAsync()).Expect(0).Changes,
            Is.EquivalentTo(new[] { "controlplane restart Deployment flyteadmin", "controlplane restart Deployment syncresources" })
        );
    }

    [Test]
    public async Task An_unknown_cluster_is_refused_with_the_nearest()
    {
        var run = (await RunAsync("--cluster=dataplane_3x")).Expect(ExitCode.Refused);

        Assert.That(run.Output, Does.Contain("no data plane 'dataplane_3x'").And.Match("Did you mean 'dataplane_[12]'"));
    }

    [TestCaseSource(nameof(Stages))]
    public async Task A_stage_alone_works(string stage)
    {
        var run = (await RunAsync($"--target={stage}", "--exclusive")).Expect(0);

        Assert.That(run.Changes, Is.Empty);
    }

    [TestCase("WriteValuesOverride")]
    [TestCase("UpgradeControlPlane")]
    public async Task Alone_a_stage_of_the_control_plane_leaves_out_data_planes_whose_credential_is_not_stored(string stage)
    {
        await ControlPlane.PatchAsync("secrets", "cluster-credentials", """{"data": {"dataplane_2_token": null} }""");

        var run = (await RunAsync($"--target={stage}", "--exclusive")).Expect(ExitCode.SomeClustersFailed);

        Assert.That(run.Output, Does.Contain("[dataplane_2] failed in ApplyClusterCredentials: Secret cluster-credentials does not hold its credential."));
        (await RunAsync()).Expect(0);
    }

    [Test]
    public async Task A_data_plane_whose_release_is_pending_fails_alone_until_it_is_recovered()
    {
        await DataPlane(2).InterruptReleaseAsync("flyte-core-data", "pending-upgrade");

        var run = (await RunAsync()).Expect(ExitCode.SomeClustersFailed);
        Assert.That(run.Output, Does.Contain("Helm release flyte-core-data is in pending-upgrade (revision ").And.Contain("--recover"));
        Assert.That((run.Outcome("dataplane_1"), run.Outcome("dataplane_2")), Is.EqualTo(("unchanged", "failed")));

        var recovered = (await RunAsync("--recover")).Expect(0);
        Assert.That(
            recovered.Changes,
            Is.EqualTo(new[] { "dataplane_2 update HelmRelease flyte-core-data", "dataplane_2 update HelmRelease flyte-core-data" })
        );
        Assert.That((string?)(await DataPlane(2).ReleaseAsync("flyte-core-data"))?.Release["info"]?["status"], Is.EqualTo("deployed"));
    }

    [Test]
    public async Task A_pending_release_of_the_control_plane_refuses_the_run_until_it_is_recovered()
    {
        await ControlPlane.InterruptReleaseAsync("flyte-core", "pending-upgrade");

        var run = (await RunAsync()).Expect(ExitCode.Refused);
        Assert.That(run.Output, Does.Contain("Helm release flyte-core is in pending-upgrade").And.Contain("--recover"));

        (await RunAsync("--recover")).Expect(0);
        Assert.That((string?)(await ControlPlane.ReleaseAsync("flyte-core"))?.Release["info"]?["status"], Is.EqualTo("deployed"));
    }

    [Test]
    public async Task A_value_set_by_hand_refuses_the_run_and_is_named_but_not_reported()
    {
        Bed.Helm("controlplane", $"upgrade flyte-core {Bed.Chart} --reuse-values --set flyteadmin.byHand=hunter2");
        var writes = await Bed.WritesAsync();

        var run = (await RunAsync()).Expect(ExitCode.Refused);

        Assert.That(run.Output, Does.Contain("flyteadmin.byHand").And.Contain("--accept-value-loss").And.Not.Contain("hunter2"));
        Assert.That(run.Report.ToJsonString(), Does.Not.Contain("hunter2"));
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));

        var accepted = (await RunAsync("--accept-value-loss")).Expect(0);
        Assert.That(accepted.Changes, Is.EqualTo(new[] { "controlplane update HelmRelease flyte-core" }));
        Assert.That(accepted.Output, Does.Contain("as accepted: flyteadmin.byHand").And.Not.Contain("hunter2"));
    }

    private async Task<(string? Token, string? Ca)> StoredAsync()
    {
        var entries = await ControlPlane.SecretAsync("cluster-credentials");
        return (entries.GetValueOrDefault("dataplane_1_token"), entries.GetValueOrDefault("dataplane_1_cacert"));
    }

    private async Task<(string? Token, string? Ca)> OriginAsync()
    {
        var entries = await DataPlane(1).SecretAsync(await OriginNameAsync());
        return (entries.GetValueOrDefault("token"), entries.GetValueOrDefault("ca.crt"));
    }

    private async Task<string> OriginNameAsync() =>
        (await DataPlane(1).ListAsync("secrets")).Keys.Single(name => name.StartsWith("dataplane-1-token", StringComparison.Ordinal));

    private async Task RevokeAsync() => await DataPlane(1).DeleteAsync("secrets", await OriginNameAsync());

    private async Task<IReadOnlyList<string?>> RestartsAsync()
    {
        var deployments = await ControlPlane.ListAsync("deployments");
        return
        [
            .. Consumers.Select(name => (string?)deployments[name]["spec"]?["template"]?["metadata"]?["annotations"]?["kubectl.kubernetes.io/restartedAt"]),
        ];
    }
}
