using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tests.Common.Changes;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>Executions that are under way while clusters join: none of them is lost.</summary>
internal sealed class RunningExecutionsTests : StageTests
{
    private const int Count = 20;
    private const string Workflows = "/apis/flyte.lyft.com/v1alpha1/namespaces/flytesnacks-development/flyteworkflows";
    private const string Runs = "{name: controlplane, context: controlplane, runsWorkflows: true}";
    private const string Labels = "{label1: [{id: dataplane_1, weight: 1}], own: [{id: controlplane, weight: 1}]}";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Test]
    public async Task A_single_cluster_Flyte_gets_its_first_data_plane_and_every_execution_succeeds()
    {
        var names = await SingleClusterAsync();

        var join = (await Bed.RunAsync($"--fleet={Fleet()}")).Expect(0);

        await FinishAsync(ControlPlane, names);
        Assert.That(await UntilAsync(names, ExecutionPhase.Succeeded), Is.EqualTo(Count));
        Assert.That(await NameAsync(ControlPlane), Is.Null);
        Assert.That(
            join.Report["notes"]!.AsArray().Select(note => (string?)note),
            Has.One.Contains("an abort goes to any enabled cluster, as there is no defaultLabel")
        );
        var second = (await Bed.RunAsync($"--fleet={Fleet()}")).Expect(0);
        Assert.That(second.Changes, Is.Empty);
        Assert.That(second.Report["notes"]!.AsArray().Select(note => (string?)note), Has.None.Contains("an abort goes"));
        (await Bed.RunAsync($"--fleet={Fleet()}", "--target=Verify")).Expect(0);
    }

    [Test]
    public async Task A_name_in_the_users_values_is_refused_before_any_write_and_nothing_is_lost()
    {
        var names = await SingleClusterAsync();
        var file = Path.Combine(Bed.Folder, "named.yaml");
        await File.WriteAllTextAsync(file, "flytepropeller: {clusterName: controlplane}\n");
        var writes = await Bed.WritesAsync();

        var refused = (await Bed.RunAsync($"--fleet={Fleet(Runs.Replace("}", $", values: [{file}]}}", StringComparison.Ordinal))}")).Expect(ExitCode.Refused);

        Assert.That(
            (string?)refused.Report["problems"]!.AsArray().Single()!["what"],
            Does.Contain("from no name to 'controlplane'").And.Contain("20 FlyteWorkflows there are unfinished: flytesnacks-development/")
        );
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        await FinishAsync(ControlPlane, names);
        Assert.That(await UntilAsync(names, ExecutionPhase.Succeeded), Is.EqualTo(Count));
    }

    [Test]
    public async Task In_the_sandbox_as_in_Flyte_a_name_given_by_hand_ends_what_runs_and_FlyteAdmin_shows_it_running_for_ever()
    {
        var names = await SingleClusterAsync();
        Bed.Helm("controlplane", $"upgrade flyte-core {Bed.Chart} --set flytepropeller.clusterName=controlplane");
        Bed.Kubectl("controlplane", "rollout status deployment flytepropeller");

        await FinishAsync(ControlPlane, names);

        foreach (var name in names)
            await UntilAsync(async () =>
                (string?)(await ControlPlane.GetAsync($"{Workflows}/{name}"))?["metadata"]?["labels"]?["termination-status"] == "terminated"
            );
        Assert.That(await UntilAsync(names, ExecutionPhase.Running), Is.EqualTo(Count));
    }

    [Test]
    public async Task An_adopted_data_plane_without_a_name_keeps_none()
    {
        Bed.Helm(
            "dataplane1",
            $"install flyte-core-data {Bed.Chart} --create-namespace -f {Bed.Chart}/values-dataplane.yaml --set common.ingress.enabled=false"
        );

        (await Bed.RunAsync()).Expect(0);

        Assert.That((await NameAsync(DataPlane(1)), await NameAsync(DataPlane(2))), Is.EqualTo(((string?)null, "dataplane_2")));
        Assert.That((await Bed.RunAsync()).Expect(0).Changes, Is.Empty);
        (await Bed.RunAsync("--target=Verify")).Expect(0);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task A_data_plane_that_has_executions_keeps_its_wrong_name_until_they_have_ended(bool isKustomize)
    {
        var fleet = isKustomize ? new KustomizeFleet(Bed).Write() : Bed.Fleet();
        (await Bed.RunAsync($"--fleet={fleet}")).Expect(0);
        await RenamedWhileBusyAsync(DataPlane(2), "wrong");
        var writes = await Bed.WritesAsync();

        var refused = (await Bed.RunAsync($"--fleet={fleet}")).Expect(ExitCode.Refused);

        Assert.That(
            (string?)refused.Report["problems"]!.AsArray().Single()!["what"],
            Does.Contain("from 'wrong' to 'dataplane_2'").And.Contain("1 FlyteWorkflow there is unfinished: flyte/busy.")
        );
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        await DataPlane(2)
            .PatchAsync(
                "/apis/flyte.lyft.com/v1alpha1/namespaces/flyte/flyteworkflows/busy",
                """{"metadata": {"labels": {"termination-status": "terminated"} } }"""
            );
        (await Bed.RunAsync($"--fleet={fleet}")).Expect(0);
        Assert.That(await NameAsync(DataPlane(2)), Is.EqualTo("dataplane_2"));
    }

    [Test]
    public async Task Workflows_of_a_data_plane_that_a_values_file_would_delete_refuse_the_run_before_any_write()
    {
        (await Bed.RunAsync()).Expect(0);
        await BusyAsync(DataPlane(2));
        var file = Path.Combine(Bed.Folder, "switched-off.yaml");
        await File.WriteAllTextAsync(file, "flytepropeller: {enabled: false}\n");
        var fleet = Bed.Fleet($"{Bed.Plane(1)}, {Bed.Plane(2).Replace("}", $", values: [{file}]}}", StringComparison.Ordinal)}", name: "off");
        var writes = await Bed.WritesAsync();

        var refused = (await Bed.RunAsync($"--fleet={fleet}")).Expect(ExitCode.Refused);

        Assert.That((string?)refused.Report["problems"]!.AsArray().Single()!["place"], Is.EqualTo("dataplane_2"));
        Assert.That((string?)refused.Report["problems"]![0]!["what"], Does.Contain("deletes the FlyteWorkflow CRD and all 1 workflow objects"));
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
    }

    private string Fleet(string control = Runs) => Bed.Fleet(Bed.Plane(1), Labels, control, name: "running");

    // A Flyte in one cluster, with executions that go on until the test lets their workflows succeed.
    private async Task<string[]> SingleClusterAsync()
    {
        Bed.Helm("controlplane", $"install flyte-core {Bed.Chart} --create-namespace --wait");
        await Bed.RegisterLongPlanAsync();
        var permit = await Permits.GetAsync();
        using var admin = Bed.OpenAdmin();
        var plan = (await admin.LaunchPlanAsync("flytesnacks", "development", "long", "v1", default))!;
        string[] names = [.. Enumerable.Range(1, Count).Select(number => $"long-{number}")];
        foreach (var name in names)
            await admin.CreateExecutionAsync(permit, new ExecutionRequest(Id(name), plan, [], null), default);
        Assert.That(await UntilAsync(names, ExecutionPhase.Running), Is.EqualTo(Count));
        return names;
    }

    private static async Task FinishAsync(ClusterView cluster, string[] names)
    {
        foreach (var name in names)
            await cluster.PatchAsync($"{Workflows}/{name}", """{"metadata": {"annotations": {"sandbox/behaviour": "succeeds"} } }""");
    }

    // How many have the phase once all have, or nothing changes any more.
    private async Task<int> UntilAsync(string[] names, ExecutionPhase phase)
    {
        using var admin = Bed.OpenAdmin();
        var reached = 0;
        var until = DateTime.UtcNow + Patience;
        foreach (var name in names)
        {
            while ((await admin.ExecutionAsync(Id(name), default))?.Phase != phase)
            {
                if (DateTime.UtcNow > until)
                    return reached;
                await Task.Delay(20);
            }

            reached++;
        }

        return reached;
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        for (var until = DateTime.UtcNow + Patience; !await isSo(); await Task.Delay(20))
            Assert.That(DateTime.UtcNow, Is.LessThan(until));
    }

    private async Task RenamedWhileBusyAsync(ClusterView cluster, string name)
    {
        await BusyAsync(cluster);
        var deployment = await cluster.FlyteAsync("deployments", "flytepropeller");
        var spec = deployment!["spec"]!.ToJsonString().Replace("\"dataplane_2\"", $"\"{name}\"", StringComparison.Ordinal);
        await cluster.PatchAsync("deployments", "flytepropeller", $$"""{"spec": {{spec}} }""");
        Bed.Kubectl(cluster.Name, "rollout status deployment flytepropeller");
    }

    // It names no execution, so that the sandbox's flytepropeller leaves it alone.
    private static Task BusyAsync(ClusterView cluster) =>
        cluster.CreateAsync(
            "/apis/flyte.lyft.com/v1alpha1/namespaces/flyte/flyteworkflows",
            """{"apiVersion": "flyte.lyft.com/v1alpha1", "kind": "FlyteWorkflow", "metadata": {"name": "busy"} }"""
        );

    private static async Task<string?> NameAsync(ClusterView cluster) =>
        PropellerName.OfDeployment((await cluster.FlyteAsync("deployments", "flytepropeller"))!);

    private static ExecutionId Id(string name) => new("flytesnacks", "development", name);
}
