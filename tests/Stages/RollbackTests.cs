using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>Releases go back to a revision that was at work.</summary>
internal sealed class RollbackTests : StageTests
{
    private const string Target = "--target=Rollback";

    private UpgradeBed _upgrade = null!;

    [SetUp]
    public void Prepare() => _upgrade = new UpgradeBed(Bed);

    [TestCase(4)]
    [TestCase(3)]
    public async Task All_clusters_go_back_to_a_version_the_data_planes_first_and_a_second_run_changes_nothing(int helm)
    {
        var fleet = await UpgradedAsync();

        var run = (await Bed.RunAsync([$"--fleet={fleet}", Target, "--all", "--to=1.16.8"], helm)).Expect(ExitCode.Done);

        Assert.That(await _upgrade.ReleasesAsync(), Is.All.EqualTo("3 v1.16.8 deployed"));
        Assert.That(run.Changes, Has.Count.EqualTo(3));
        Assert.That(run.Changes[^1], Is.EqualTo("controlplane update HelmRelease flyte-core"));
        Assert.That(
            UpgradeBed.Notes(run),
            Has.One.EqualTo("Versions now: flyte-core v1.16.8: controlplane, dataplane_1, dataplane_2.").And.One.Contains("UpgradeFleet would upgrade again")
        );
        Assert.That((await Bed.RunAsync([$"--fleet={fleet}", Target, "--all", "--to=1.16.8"], helm)).Expect(ExitCode.Done).Changes, Is.Empty);
        (await Bed.RunAsync([$"--fleet={_upgrade.Fleet()}", "--target=Verify"], helm)).Expect(ExitCode.Done);
    }

    [Test]
    public async Task One_cluster_goes_back_to_a_revision_and_a_plan_writes_nothing()
    {
        var fleet = await UpgradedAsync();
        string[] arguments = [$"--fleet={fleet}", Target, "--cluster=dataplane_2", "--to=1"];
        var writes = await Bed.WritesAsync();

        var plan = (await Bed.RunAsync([.. arguments, "--plan"])).Expect(ExitCode.Done);
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        (await Bed.RunAsync([.. arguments, $"--expect={plan.PlanDigest}"])).Expect(ExitCode.Done);

        Assert.That(await _upgrade.ReleasesAsync(), Is.EqualTo(new[] { "2 v1.17.0 deployed", "2 v1.17.0 deployed", "3 v1.16.8 deployed" }));
        Assert.That((await Bed.RunAsync(arguments)).Expect(ExitCode.Done).Changes, Is.Empty);
        (await Bed.RunAsync($"--fleet={fleet}", "--target=UpgradeFleet")).Expect(ExitCode.Done);
    }

    [TestCase("--all", "--to is missing")]
    [TestCase("--all --to=7", "has no revision 7 that was at work")]
    [TestCase("--cluster=controlplane --to=1.15.0", "has no revision 1.15.0 that was at work")]
    public async Task Without_a_revision_that_is_there_it_is_refused_and_lists_those_that_are(string arguments, string why)
    {
        (await Bed.RunAsync($"--fleet={_upgrade.Fleet()}", "--skip-smoke")).Expect(ExitCode.Done);
        var writes = await Bed.WritesAsync();

        var run = (await Bed.RunAsync([$"--fleet={_upgrade.Fleet()}", Target, .. arguments.Split(' ')])).Expect(ExitCode.Refused);

        Assert.That(run.Report["problems"]!.AsArray().Select(problem => (string)problem!["what"]!), Is.Not.Empty.And.All.Contains(why));
        Assert.That(
            run.Report["problems"]!.AsArray().Select(problem => (string)problem!["remedy"]!),
            Is.All.EqualTo("It has 1 (flyte-core v1.16.8, deployed).")
        );
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
    }

    [TestCase("--to=1", "It has to name the clusters to roll back.")]
    [TestCase("--to=1 --all --cluster=dataplane_1", "--all and --cluster are both given.")]
    [TestCase("--to=1 --cluster=dataplane_7", "The fleet has no cluster 'dataplane_7'.")]
    [TestCase("--to=latest --all", "is not a revision's number")]
    public async Task Wrong_options_are_refused(string arguments, string why) =>
        Assert.That((await Bed.RunAsync([$"--fleet={_upgrade.Fleet()}", Target, .. arguments.Split(' ')])).Expect(ExitCode.Refused).Output, Does.Contain(why));

    [Test]
    public async Task The_control_plane_does_not_go_back_to_before_a_cluster_joined()
    {
        var one = _upgrade.Fleet(planes: Bed.Plane(1));
        await File.WriteAllTextAsync(
            one,
            (await File.ReadAllTextAsync(one)).Replace(", label2: [{id: dataplane_2, weight: 1}]", string.Empty, StringComparison.Ordinal)
        );
        (await Bed.RunAsync($"--fleet={one}", "--skip-smoke")).Expect(ExitCode.Done);
        var both = _upgrade.Fleet();
        (await Bed.RunAsync($"--fleet={both}", "--skip-smoke")).Expect(ExitCode.Done);
        var writes = await Bed.WritesAsync();

        var run = (await Bed.RunAsync($"--fleet={both}", Target, "--cluster=controlplane", "--to=1")).Expect(ExitCode.Refused);

        Assert.That(
            (string?)run.Report["problems"]!.AsArray().Single()!["what"],
            Does.EndWith("going back would undo that: cluster dataplane_2, label label2.")
        );
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
    }

    [Test]
    public async Task An_older_CRD_is_not_put_back_under_workflows_that_run()
    {
        var fleet = await UpgradedAsync(UpgradeBed.ChangeDefinition);
        await DataPlane(1)
            .CreateAsync(
                "/apis/flyte.lyft.com/v1alpha1/namespaces/flytesnacks-development/flyteworkflows",
                """{"apiVersion": "flyte.lyft.com/v1alpha1", "kind": "FlyteWorkflow", "metadata": {"name": "runs"} }"""
            );
        string[] arguments = [$"--fleet={fleet}", Target, "--cluster=dataplane_1", "--to=1"];

        var run = (await Bed.RunAsync(arguments)).Expect(ExitCode.Refused);

        Assert.That(
            (string?)run.Report["problems"]!.AsArray().Single()!["what"],
            Does.StartWith("Revision 1 has an older form of flyteworkflows.flyte.lyft.com, and 1 FlyteWorkflow there is unfinished: ")
        );
        await DataPlane(1).DeleteAsync("/apis/flyte.lyft.com/v1alpha1/namespaces/flytesnacks-development/flyteworkflows/runs");
        (await Bed.RunAsync(arguments)).Expect(ExitCode.Done);
    }

    [Test]
    public async Task Where_a_data_plane_fails_the_control_plane_stays_and_the_next_run_finishes()
    {
        var fleet = await UpgradedAsync();
        string[] arguments = [$"--fleet={fleet}", Target, "--all", "--to=1"];
        await Bed.FaultAsync("""{"cluster": "dataplane2", "kind": "podsCrash", "name": "flytepropeller"}""");

        var run = (await Bed.RunAsync([.. arguments, "--timeout=10s"])).Expect(ExitCode.SomeClustersFailed);
        await Bed.Control.ClearFaultsAsync(default);

        Assert.That(await UpgradeBed.ReleaseAsync(ControlPlane), Is.EqualTo("2 v1.17.0 deployed"));
        Assert.That(UpgradeBed.Notes(run), Has.One.StartsWith("controlplane was not rolled back, as a data plane failed"));
        (await Bed.RunAsync(arguments)).Expect(ExitCode.Done);
        Assert.That(await _upgrade.ReleasesAsync(), Is.All.EqualTo("3 v1.16.8 deployed"));
    }

    private async Task<string> UpgradedAsync(Action<string>? change = null)
    {
        (await Bed.RunAsync($"--fleet={_upgrade.Fleet()}", "--skip-smoke")).Expect(ExitCode.Done);
        var fleet = _upgrade.Fleet("v1.17.0", change: change);
        (await Bed.RunAsync($"--fleet={fleet}", "--target=UpgradeFleet", "--skip-smoke")).Expect(ExitCode.Done);
        return fleet;
    }
}
