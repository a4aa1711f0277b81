using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>A joined fleet whose releases Argo CD or Flux changes (<c>flyte.managedBy: gitops</c>).</summary>
internal sealed class GitOpsTests : JoinedTests
{
    private string Managed => Bed.Fleet(settings: "managedBy: gitops", name: "gitops");

    [Test]
    public async Task AddDataPlane_changes_nothing_that_is_up_to_date_and_notes_nothing()
    {
        var run = (await RunAsync($"--fleet={Managed}")).Expect(ExitCode.Done);

        Assert.That(run.Changes, Is.Empty);
        Assert.That(run.Output, Does.Not.Contain("not as the fleet wants it"));
    }

    [Test]
    public async Task A_difference_is_a_note_for_each_cluster_and_helm_is_not_run()
    {
        var values = Path.Combine(Bed.Folder, "more-values.yaml");
        await File.WriteAllTextAsync(values, "flytepropeller: {replicaCount: 2}\nflyteadmin: {replicaCount: 2}\n");
        var fleet = Bed.Fleet(settings: $"managedBy: gitops\n  values: [{values}]", name: "gitops-more");

        var run = (await RunAsync($"--fleet={fleet}")).Expect(ExitCode.Done);

        Assert.That(run.Changes, Is.Empty);
        Assert.That(run.Output, Does.Match("dataplane_1 is not as the fleet wants it: .*Deployment flytepropeller .*Run Render, commit, and sync"));
        Assert.That(run.Output, Does.Match("controlplane is not as the fleet wants it: .*Deployment flyteadmin "));
    }

    [Test]
    public async Task New_credentials_are_stored_and_loaded_by_a_restart()
    {
        await ControlPlane.PatchAsync("secrets", "cluster-credentials", """{"data": {"dataplane_1_token": null}}""");

        var run = (await RunAsync($"--fleet={Managed}")).Expect(ExitCode.Done);

        Assert.That(run.Changes, Has.Some.Contains("Secret cluster-credentials").And.Some.Contains("Deployment flyteadmin").And.None.Contains("HelmRelease"));
        Assert.That((await RunAsync($"--fleet={Managed}")).Expect(ExitCode.Done).Changes, Is.Empty);
    }

    [Test]
    public async Task Verify_passes_without_Helm_s_Secrets_and_writes_nothing()
    {
        foreach (var cluster in Bed.Clusters)
        {
            foreach (var name in (await cluster.ListAsync("secrets")).Values.Select(secret => (string)secret["metadata"]!["name"]!))
            {
                if (name.StartsWith("sh.helm.release.", StringComparison.Ordinal))
                    await cluster.DeleteAsync("secrets", name);
            }

            foreach (var name in (await cluster.ListAsync("deployments")).Values.Select(deployment => (string)deployment["metadata"]!["name"]!))
                await cluster.PatchAsync("deployments", name, """{"metadata": {"annotations": {"meta.helm.sh/release-name": null}}}""");
        }

        var writes = await Bed.WritesAsync();
        var run = (await RunAsync("--target=Verify", $"--fleet={Managed}")).Expect(ExitCode.Done);

        Assert.That(run.Output, Does.Contain("applied without a Helm release"));
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        Assert.That((await RunAsync($"--fleet={Managed}")).Expect(ExitCode.Done).Changes, Is.Empty);
        (await RunAsync("--target=Verify")).Expect(ExitCode.Failed);
        await Bed.ResetAsync();
        (await RunAsync()).Expect(ExitCode.Done);
    }

    [TestCase("DrainDataPlane", "--cluster=dataplane_2")]
    [TestCase("RemoveDataPlane", "--cluster=dataplane_2")]
    [TestCase("UpgradeFleet", "--cluster=dataplane_2")]
    [TestCase("Rollback", "--all")]
    public async Task What_would_change_releases_is_refused(string target, string option)
    {
        var run = (await RunAsync($"--target={target}", option, $"--fleet={Managed}")).Expect(ExitCode.Refused);

        Assert.That(run.Output, Does.Contain("flyte.managedBy: Argo CD or Flux manages this fleet's releases").And.Contain("then Render, commit, and sync"));
    }
}

/// <summary>The first join of clusters that Argo CD installs: it applies what it renders, and leaves no Helm release.</summary>
internal sealed class GitOpsJoinTests : StageTests
{
    [Test]
    public async Task Credentials_come_before_the_control_plane_s_entries_and_no_release_is_made()
    {
        var fleet = $"--fleet={Bed.Fleet(settings: "managedBy: gitops")}";
        await RenderAsync(fleet);
        foreach (var cluster in Bed.Clusters)
            Bed.Kubectl(cluster.Name, "create namespace flyte");
        var early = (await Bed.RunAsync(fleet)).Expect(ExitCode.Done);
        Assert.That(early.Output, Does.Contain("dataplane_1 is left out: Flyte is not installed there yet"));
        Apply("dataplane1", "dataplane_1");
        Apply("dataplane2", "dataplane_2");
        Apply("controlplane", "controlplane");

        var stored = (await Bed.RunAsync(fleet)).Expect(ExitCode.Done);

        Assert.That(stored.Changes, Has.None.Contains("HelmRelease"));
        Assert.That(stored.Output, Does.Contain("dataplane_1: its credential is stored, and flyteadmin's configuration does not name it yet."));
        var verify = (await Bed.RunAsync("--target=Verify", fleet)).Expect(ExitCode.Failed);
        Assert.That(verify.Output, Does.Match(@"failed +configuration .*clusterConfigs does not name it\."));
        Assert.That(verify.Output, Does.Contain("Run Render, commit, and sync.").And.Not.Contain("Run AddDataPlane, which joins it."));
        await RenderAsync(fleet);
        Apply("controlplane", "controlplane");
        var joined = (await Bed.RunAsync(fleet)).Expect(ExitCode.Done);
        Assert.That(joined.Output, Does.Contain("flyteadmin has loaded dataplane_1, dataplane_2").And.Not.Contain("not as the fleet wants it"));
        Assert.That((await Bed.RunAsync(fleet)).Expect(ExitCode.Done).Changes, Is.Empty);
        (await Bed.RunAsync("--target=Verify", fleet)).Expect(ExitCode.Done);
        Assert.That(
            (await ControlPlane.ListAsync("secrets")).Values.Select(secret => (string?)secret["metadata"]!["name"]),
            Has.None.StartsWith("sh.helm.release.")
        );
    }

    private async Task RenderAsync(string fleet) =>
        (await Bed.RunAsync("--target=Render", fleet, $"--output-folder={Path.Combine(Bed.Folder, "rendered")}")).Expect(ExitCode.Done);

    private void Apply(string cluster, string folder)
    {
        var release = cluster == "controlplane" ? "flyte-core" : "flyte-core-data";
        Bed.Kubectl(cluster, "apply -f -", Bed.Template(release, Path.Combine(Bed.Folder, "rendered", "clusters", folder, "values.yaml")));
    }
}
