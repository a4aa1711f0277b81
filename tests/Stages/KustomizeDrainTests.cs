using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>Drain and removal of a data plane that was joined with kustomize; helm is not on PATH.</summary>
internal sealed class KustomizeDrainTests : StageTests
{
    [Test]
    public async Task A_data_plane_is_drained_and_removed_with_all_that_its_overlay_applied()
    {
        var overlays = new KustomizeFleet(Bed);
        var fleet = overlays.Write(more: overlays.Smoke);
        (await RunAsync(fleet)).Expect(ExitCode.Done);
        var inventory = (await DataPlane(2).FlyteAsync("configmaps", Inventory.Name))!;
        string[] move = ["--cluster=dataplane_2", "--move-label=label2=dataplane_1"];

        var drain = (await RunAsync(fleet, ["--target=DrainDataPlane", .. move])).Expect(ExitCode.Done);
        var drained = await ClustersAsync();
        var again = (await RunAsync(fleet, ["--target=DrainDataPlane", .. move])).Expect(ExitCode.Done);
        var remove = (await RunAsync(fleet, "--target=RemoveDataPlane", "--cluster=dataplane_2")).Expect(ExitCode.Done);
        var writes = await Bed.WritesAsync();
        var twice = (await RunAsync(fleet, "--target=RemoveDataPlane", "--cluster=dataplane_2")).Expect(ExitCode.Done);

        Assert.That(drained, Is.EqualTo(new[] { "dataplane_1 True", "dataplane_2 False" }), drain.Output);
        Assert.That(again.Changes, Is.Empty);
        Assert.That(await ClustersAsync(), Is.EqualTo(new[] { "dataplane_1 True" }));
        foreach (var id in Inventory.Of(inventory))
            Assert.That(remove.Changes, Has.One.EqualTo($"dataplane_2 delete {id.Kind} {id.Name}"), remove.Output);
        Assert.That(await DataPlane(2).GetAsync("/api/v1/namespaces/flyte"), Is.Null);
        Assert.That(twice.Changes, Is.Empty);
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        Assert.That((await ControlPlane.SecretAsync("cluster-credentials")).Keys, Is.EquivalentTo(new[] { "dataplane_1_token", "dataplane_1_cacert" }));
    }

    private async Task<string[]> ClustersAsync()
    {
        var map = await ControlPlane.FlyteAsync("configmaps", LoadedClusterConfigs.AdminConfigMap);
        var loaded = ClusterConfigs.OfMap(new Flyte.MultiCluster.Common.Values.HelmValues(), map)!;
        return [.. loaded.Clusters.Select(cluster => $"{cluster.Name} {cluster.Enabled}")];
    }

    private Task<Finished> RunAsync(string fleet, params string[] arguments) => Bed.RunAsync([$"--fleet={fleet}", .. arguments], helm: 0);
}
