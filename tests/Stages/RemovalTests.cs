using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>RemoveDataPlane: everything of the removed cluster goes, and nothing else.</summary>
internal sealed class RemovalTests : AdminTests
{
    private const string Workflows = "/apis/flyte.lyft.com/v1alpha1/namespaces/flyte/flyteworkflows";

    protected override string JoinedFleet => Fleet([], Smoke, name: "removal");

    [TearDown]
    public async Task JoinAgain()
    {
        await Bed.Control.ClearFaultsAsync(default);
        (await RunAsync("--undrain")).Expect(ExitCode.Done);
    }

    [Test]
    public async Task Everything_of_it_goes_in_order_and_the_other_join_is_as_before()
    {
        await DrainAsync();
        var (other, stored) = (await OthersAsync(), await ControlPlane.SecretAsync("cluster-credentials"));

        var token = (await DataPlane(2).TokensAsync()).Single();
        var run = (await RemoveAsync()).Expect(ExitCode.Done);

        Assert.That(
            run.Changes,
            Is.EqualTo(
                new[]
                {
                    "controlplane update HelmRelease flyte-core",
                    $"controlplane update ConfigMap {DrainRecord.Name}",
                    "controlplane update Secret cluster-credentials",
                    "controlplane update Deployment flyteadmin",
                    "controlplane update Deployment syncresources",
                    $"dataplane_2 delete Secret {token}",
                    "dataplane_2 delete HelmRelease flyte-core-data",
                    "dataplane_2 delete Namespace flyte",
                }
            )
        );
        Assert.That(await OthersAsync(), Is.EqualTo(other));
        Assert.That(
            await ControlPlane.SecretAsync("cluster-credentials"),
            Is.EquivalentTo(stored.Where(entry => entry.Key.StartsWith("dataplane_1_", StringComparison.Ordinal)))
        );
        Assert.That(await Names(), Is.EqualTo(new[] { "dataplane_1" }));
        Assert.That(await DataPlane(2).GetAsync("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/flyteworkflows.flyte.lyft.com"), Is.Null);
        Assert.That((await RemoveAsync()).Expect(ExitCode.Done).Changes, Is.Empty);
    }

    [Test]
    public async Task The_fleet_that_still_names_it_is_refused_and_the_fleet_without_it_changes_nothing()
    {
        await DrainAsync();
        (await RemoveAsync()).Expect(ExitCode.Done);
        var without = await WithoutAsync(label2: "dataplane_1");

        var named = (await RunAsync()).Expect(ExitCode.Refused);
        var run = (await RunAsync($"--fleet={without}")).Expect(ExitCode.Done);

        Assert.That(named.Output, Does.Match("dataplane_2: It was removed on .* by .*, and the fleet enables it. Remove it from"));
        Assert.That(run.Changes.Where(change => !change.Contains("Execution", StringComparison.Ordinal)), Is.Empty);
        (await RunAsync($"--fleet={without}", "--target=Verify")).Expect(ExitCode.Done);
    }

    [Test]
    public async Task One_that_is_not_drained_is_refused_before_any_write()
    {
        var writes = await Bed.WritesAsync();

        var run = (await RemoveAsync()).Expect(ExitCode.Refused);

        Assert.That(
            run.Output,
            Does.Contain("dataplane_2: It is enabled in clusterConfigs and gets executions. Drain it first: ./build.sh --target=DrainDataPlane")
        );
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
    }

    [Test]
    public async Task One_that_has_an_unfinished_execution_is_refused_before_any_write()
    {
        await DrainAsync();
        await DataPlane(2).CreateAsync(Workflows, """{"apiVersion": "flyte.lyft.com/v1alpha1", "kind": "FlyteWorkflow", "metadata": {"name": "busy"} }""");
        var writes = await Bed.WritesAsync();

        var run = (await RemoveAsync()).Expect(ExitCode.Refused);

        Assert.That(run.Output, Does.Contain("It has 1 unfinished execution: flyte/busy").And.Contain("nothing can end or abort them"));
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        await DataPlane(2).DeleteAsync($"{Workflows}/busy");
    }

    [Test]
    public async Task One_that_somebody_puts_back_to_work_meanwhile_is_kept()
    {
        await DrainAsync();
        await Bed.FaultAsync("""{"cluster": "controlplane", "method": "GET", "path": "/configmaps/flyte-multicluster-drained", "kind": "hold"}""");
        using var run = Bed.Start([$"--fleet={JoinedFleet}", "--target=RemoveDataPlane", "--cluster=dataplane_2"]);
        await run.UntilPrintedAsync(line => line == "== RemoveClusterConfig");
        await DataPlane(2).CreateAsync(Workflows, """{"apiVersion": "flyte.lyft.com/v1alpha1", "kind": "FlyteWorkflow", "metadata": {"name": "meanwhile"} }""");
        await Bed.Control.ClearFaultsAsync(default);

        var ended = (await run.EndAsync()).Expect(ExitCode.Failed);

        Assert.That(ended.Output, Does.Contain("dataplane_2 is at work again: it has 1 unfinished execution: flyte/meanwhile"));
        Assert.That(await Names(), Is.EqualTo(new[] { "dataplane_1", "dataplane_2" }));
        await DataPlane(2).DeleteAsync($"{Workflows}/meanwhile");
    }

    [Test]
    public async Task Ended_FlyteWorkflows_are_deleted_only_where_that_is_accepted()
    {
        await DrainAsync();
        await DataPlane(2)
            .CreateAsync(
                Workflows,
                """
                {"apiVersion": "flyte.lyft.com/v1alpha1", "kind": "FlyteWorkflow", "metadata": {"name": "ended", "labels": {"termination-status": "terminated"} } }
                """
            );

        var refused = (await RemoveAsync()).Expect(ExitCode.Refused);
        var accepted = (await RemoveAsync("--accept-crd-deletion")).Expect(ExitCode.Done);

        Assert.That(refused.Output, Does.Contain("1 FlyteWorkflow object of an execution that has ended").And.Contain("--accept-crd-deletion"));
        Assert.That(accepted.Changes, Has.Some.EqualTo("dataplane_2 delete HelmRelease flyte-core-data"));
    }

    [Test]
    public async Task A_namespace_that_holds_something_else_is_kept()
    {
        await DrainAsync();
        await DataPlane(2)
            .CreateAsync("/api/v1/namespaces/flyte/configmaps", """{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "somebodys"} }""");

        var run = (await RemoveAsync()).Expect(ExitCode.Done);

        Assert.That(run.Output, Does.Contain("Namespace flyte of dataplane_2 is kept, as it holds what is not this program's: configmaps/somebodys."));
        Assert.That(run.Changes, Has.None.EqualTo("dataplane_2 delete Namespace flyte"));
        await DataPlane(2).DeleteAsync("configmaps", "somebodys");
        Assert.That((await RemoveAsync()).Expect(ExitCode.Done).Changes, Is.EqualTo(new[] { "dataplane_2 delete Namespace flyte" }));
    }

    [Test]
    public async Task Killed_before_each_step_it_is_finished_by_the_next_run()
    {
        await DrainAsync();
        var others = await OthersAsync();
        string[] stages =
        [
            "== RemoveClusterConfig",
            "[controlplane] update HelmRelease flyte/flyte-core",
            "== DeleteClusterCredentials",
            "== DeleteDataPlaneTokens",
            "== UninstallDataPlane",
            "== DeleteDataPlaneNamespace",
        ];
        foreach (var stage in stages)
        {
            using var program = Bed.Start([$"--fleet={JoinedFleet}", "--target=RemoveDataPlane", "--cluster=dataplane_2"]);
            await program.UntilPrintedAsync(line =>
                line.StartsWith(stage, StringComparison.Ordinal) || line.StartsWith("== RemoveDataPlane", StringComparison.Ordinal)
            );
            await program.KillAsync();
        }

        (await RemoveAsync()).Expect(ExitCode.Done);

        Assert.That(await OthersAsync(), Is.EqualTo(others));
        Assert.That(await Names(), Is.EqualTo(new[] { "dataplane_1" }));
        Assert.That(await DataPlane(2).GetAsync("/api/v1/namespaces/flyte"), Is.Null);
        Assert.That((await RemoveAsync()).Expect(ExitCode.Done).Changes, Is.Empty);
    }

    [Test]
    public async Task A_dead_one_is_removed_from_the_control_plane_alone_where_that_is_said()
    {
        await DrainAsync();
        await Bed.FaultAsync("""{"cluster": "dataplane2", "kind": "refuse"}""");
        var writes = await Bed.WritesAsync();

        var refused = (await RemoveAsync()).Expect(ExitCode.Refused);
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        var run = (await RemoveAsync("--unreachable")).Expect(ExitCode.Done);

        Assert.That(refused.Output, Does.Contain("It does not answer, so what it has cannot be removed").And.Contain("--unreachable removes it"));
        Assert.That(await Names(), Is.EqualTo(new[] { "dataplane_1" }));
        Assert.That((await ControlPlane.SecretAsync("cluster-credentials")).Keys, Is.EquivalentTo(new[] { "dataplane_1_token", "dataplane_1_cacert" }));
        Assert.That(run.Changes, Has.None.StartsWith("dataplane_2 "));
        Assert.That(run.Output, Does.Contain("What stays on dataplane_2, if it still exists: namespace flyte"));
    }

    [Test]
    public async Task Of_one_that_answers_nothing_is_left_behind_by_mistake()
    {
        await DrainAsync();

        var run = (await RemoveAsync("--unreachable")).Expect(ExitCode.Refused);

        Assert.That(run.Output, Does.Contain("--unreachable: dataplane_2 answers. Leave it out"));
    }

    [Test]
    public async Task One_that_the_fleet_no_longer_names_is_removed_by_its_name()
    {
        await DrainAsync();
        var without = await WithoutAsync(label2: "dataplane_1");

        var run = (await RunAsync($"--fleet={without}", "--target=RemoveDataPlane", "--cluster=dataplane_2")).Expect(ExitCode.Done);

        Assert.That(run.Changes, Has.Some.EqualTo("dataplane_2 delete HelmRelease flyte-core-data"));
        Assert.That(await Names(), Is.EqualTo(new[] { "dataplane_1" }), run.Output);
        Assert.That((await RunAsync($"--fleet={without}")).Expect(ExitCode.Done).Output, Does.Not.Contain("Kept in the control plane"));
    }

    [Test]
    public async Task A_join_names_the_command_that_removes_what_the_fleet_does_not_name()
    {
        var run = (await RunAsync($"--fleet={await WithoutAsync(label2: "dataplane_1")}", "--skip-smoke")).Expect(ExitCode.Done);

        Assert.That(
            run.Output,
            Does.Contain("Kept in the control plane although the fleet does not name them: cluster dataplane_2.").And.Contain("--target=RemoveDataPlane")
        );
    }

    [Test]
    public async Task A_plan_shows_every_step_and_writes_nothing()
    {
        await DrainAsync();
        var writes = await Bed.WritesAsync();

        var plan = (await RemoveAsync("--plan", "--detailed-exitcode")).Expect(ExitCode.ChangesPlanned);

        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        Assert.That(
            plan.Changes,
            Is.SupersetOf(
                new[]
                {
                    "controlplane update HelmRelease flyte-core",
                    "controlplane update Secret cluster-credentials",
                    "dataplane_2 delete HelmRelease flyte-core-data",
                }
            )
        );
    }

    private Task<Finished> RemoveAsync(params string[] arguments) => RunAsync(["--target=RemoveDataPlane", "--cluster=dataplane_2", .. arguments]);

    private async Task DrainAsync() =>
        (await RunAsync("--target=DrainDataPlane", "--cluster=dataplane_2", "--move-label=label2=dataplane_1")).Expect(ExitCode.Done);

    private async Task<string> WithoutAsync(string label2)
    {
        var path = Path.Combine(Bed.Folder, "without.yaml");
        await File.WriteAllTextAsync(
            path,
            (await File.ReadAllTextAsync(JoinedFleet))
                .Replace($", {Bed.Plane(2)}", string.Empty, StringComparison.Ordinal)
                .Replace("label2: [{id: dataplane_2", $"label2: [{{id: {label2}", StringComparison.Ordinal)
        );
        return path;
    }

    private async Task<string[]> Names() =>
        [
            .. (await ControlPlane.ReleaseAsync("flyte-core"))!.Value.Release["config"]!["configmap"]!["clusters"]!["clusterConfigs"]!
                .AsArray()
                .Select(entry => (string)entry!["name"]!),
        ];

    // The other data plane's objects, and the control plane's but for those that hold all clusters.
    private async Task<string> OthersAsync()
    {
        var left = new JsonArray();
        foreach (var kind in new[] { "secrets", "configmaps", "deployments", "serviceaccounts", "services" })
        {
            foreach (var (name, found) in await DataPlane(1).ListAsync(kind))
                left.Add($"{kind} {name} {found["metadata"]!["uid"]} {found["metadata"]!["resourceVersion"]}");
            foreach (var (name, found) in await ControlPlane.ListAsync(kind))
            {
                if (!name.StartsWith("sh.helm.", StringComparison.Ordinal))
                    left.Add($"controlplane {kind} {name} {found["metadata"]!["uid"]}");
            }
        }

        return left.ToJsonString();
    }
}
