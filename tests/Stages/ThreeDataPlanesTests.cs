using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>The kustomize guide's own case: three clusters, joined with the small pair of overlays of <c>values/kustomize</c>.</summary>
[TestFixture, Parallelizable]
[Platform("Linux", Reason = "The program's processes are looked up under /proc.")]
internal sealed class ThreeDataPlanesTests
{
    private StageBed _bed = null!;

    [OneTimeSetUp]
    public async Task Start() => _bed = await StageBed.StartAsync(dataPlanes: 3);

    [OneTimeTearDown]
    public Task End() => _bed.DisposeAsync().AsTask();

    [Test]
    public async Task Three_clusters_are_joined_without_helm_and_a_second_run_writes_nothing()
    {
        var overlays = new KustomizeFleet(_bed);
        var fleet = overlays.Write(
            $"{_bed.Plane(1)}, {_bed.Plane(2)}, {_bed.Plane(3)}",
            "{label1: [{id: dataplane_1, weight: 1}], label2: [{id: dataplane_2, weight: 1}], label3: [{id: dataplane_3, weight: 1}]}",
            more: overlays.Smoke
        );

        var join = (await WithoutHelmAsync(fleet)).Expect(0);
        var writes = await _bed.WritesAsync();
        var second = (await WithoutHelmAsync(fleet)).Expect(0);
        var verify = (await WithoutHelmAsync(fleet, "--target=Verify")).Expect(0);

        Assert.That(
            join.Report["smokeRuns"]!.AsArray().Select(smoke => $"{smoke!["label"]} {smoke["cluster"]} {smoke["phase"]}"),
            Is.EquivalentTo(new[] { "label1 dataplane_1 SUCCEEDED", "label2 dataplane_2 SUCCEEDED", "label3 dataplane_3 SUCCEEDED" })
        );
        Assert.That(
            (await _bed.ControlPlane.SecretAsync("cluster-credentials")).Keys,
            Is.EquivalentTo(new[] { 1, 2, 3 }.SelectMany(number => new[] { $"dataplane_{number}_token", $"dataplane_{number}_cacert" }))
        );
        Assert.That(second.Changes, Is.Empty);
        Assert.That(await _bed.WritesAsync(), Is.EqualTo(writes));
        Assert.That(verify.StandardOutput, Does.Match(@"(?m)^ *ok +webhook +dataplane_3 ").And.Not.Match("(?m)^ *(failed|warning) "));
    }

    private async Task<Finished> WithoutHelmAsync(string fleet, params string[] arguments)
    {
        var program = _bed.RunAsync([$"--fleet={fleet}", .. arguments], helm: 0);
        return await program;
    }
}
