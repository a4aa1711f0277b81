using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tests.Common.Changes;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>DrainDataPlane on a fleet at work: no execution is lost, and none goes to the drained cluster afterwards.</summary>
internal sealed class DrainTests : AdminTests
{
    private const string Labels = "labels: {label1: [{id: dataplane_1, weight: 1}], label2: [{id: dataplane_2, weight: 1}]}";
    private const string MovedLabels = "labels: {label1: [{id: dataplane_1, weight: 1}], label2: [{id: dataplane_1, weight: 1}]}";

    protected override string JoinedFleet => Fleet([], Smoke, name: "drain");

    [TearDown]
    public async Task JoinAgain()
    {
        await Bed.Control.ClearFaultsAsync(default);
        (await RunAsync("--undrain")).Expect(ExitCode.Done);
    }

    [Test]
    public async Task Executions_that_are_started_meanwhile_all_succeed_and_none_goes_there_afterwards()
    {
        await using var load = new ExecutionLoad(Admin);

        var run = (await DrainAsync()).Expect(ExitCode.Done);

        var after = await StartAsync("sandbox.hello", label: "label2");
        Assert.That((await Admin.ExecutionAsync(after, default))?.Cluster, Is.EqualTo("dataplane_1"));
        var ends = await load.EndAsync();
        Assert.That(ends.Where(end => end != nameof(ExecutionPhase.Succeeded)), Is.Empty);
        Assert.That(ends, Has.Count.GreaterThan(10));
        Assert.That(
            run.Changes,
            Has.Count.EqualTo(2).And.Some.EndsWith($" ConfigMap {DrainRecord.Name}").And.Some.EqualTo("controlplane update HelmRelease flyte-core")
        );
        Assert.That((await DrainAsync()).Expect(ExitCode.Done).Changes, Is.Empty);
    }

    [Test]
    public async Task It_waits_for_an_execution_lists_it_with_its_age_and_goes_on_when_it_has_ended()
    {
        var id = await LongAsync();
        using var run = Bed.Start([$"--fleet={JoinedFleet}", "--target=DrainDataPlane", "--cluster=dataplane_2", "--move-label=label2=dataplane_1"]);

        await run.UntilPrintedAsync(line => line.StartsWith($"[dataplane_2] waiting for 1 unfinished execution: {id} (RUNNING, ", StringComparison.Ordinal));
        await FinishAsync(id);

        var ended = (await run.EndAsync()).Expect(ExitCode.Done);
        Assert.That(ended.Output, Does.Contain("[dataplane_2] drained: FlyteAdmin and its own FlyteWorkflows have no unfinished execution"));
        Assert.That((await Admin.ExecutionAsync(id, default))?.Phase, Is.EqualTo(ExecutionPhase.Succeeded));
    }

    [Test]
    public async Task What_is_left_after_the_timeout_fails_the_run_and_goes_on()
    {
        var id = await LongAsync();

        var run = (await DrainAsync("--timeout=2s")).Expect(ExitCode.Failed);

        Assert.That(run.Output, Does.Contain($"still has 1 unfinished execution: {id} (RUNNING").And.Contain("or with --abort-executions"));
        Assert.That((await Admin.ExecutionAsync(id, default))?.Phase, Is.EqualTo(ExecutionPhase.Running));
        await FinishAsync(id);
    }

    [Test]
    public async Task What_is_left_can_be_aborted()
    {
        var id = await LongAsync();

        var run = (await DrainAsync("--abort-executions")).Expect(ExitCode.Done);

        Assert.That(run.Changes, Has.Some.EqualTo($"dataplane_2 delete Execution {id}"));
        Assert.That((await Admin.ExecutionAsync(id, default))?.Phase, Is.EqualTo(ExecutionPhase.Aborted));
    }

    [Test]
    public async Task A_FlyteWorkflow_that_FlyteAdmin_does_not_list_is_waited_for_too()
    {
        await DataPlane(2)
            .CreateAsync(
                "/apis/flyte.lyft.com/v1alpha1/namespaces/flyte/flyteworkflows",
                """{"apiVersion": "flyte.lyft.com/v1alpha1", "kind": "FlyteWorkflow", "metadata": {"name": "orphan"} }"""
            );

        var run = (await DrainAsync("--timeout=2s")).Expect(ExitCode.Failed);

        Assert.That(run.Output, Does.Contain("flyte/orphan (a FlyteWorkflow whose execution FlyteAdmin does not list as unfinished"));
        await DataPlane(2).DeleteAsync("/apis/flyte.lyft.com/v1alpha1/namespaces/flyte/flyteworkflows/orphan");
        Assert.That((await DrainAsync()).Expect(ExitCode.Done).Changes, Is.Empty);
    }

    [Test]
    public async Task The_fleet_as_it_was_is_refused_and_with_the_lines_that_it_names_it_changes_nothing()
    {
        var drain = (await DrainAsync()).Expect(ExitCode.Done);
        var writes = await Bed.WritesAsync();

        var before = (await RunAsync()).Expect(ExitCode.Refused);
        var changed = Path.Combine(Bed.Folder, "changed.yaml");
        await File.WriteAllTextAsync(
            changed,
            (await File.ReadAllTextAsync(JoinedFleet))
                .Replace("{name: dataplane_2, ", "{name: dataplane_2, enabled: false, ", StringComparison.Ordinal)
                .Replace(Labels, MovedLabels, StringComparison.Ordinal)
        );
        var after = (await RunAsync($"--fleet={changed}", "--skip-smoke")).Expect(ExitCode.Done);

        Assert.That(drain.Output, Does.Contain("dataPlanes: dataplane_2: enabled: false").And.Contain("labels: label2: [{id: dataplane_1, weight: 1}]"));
        Assert.That(before.Output, Does.Match("dataplane_2: It was drained on .* by .*, and the fleet enables it."));
        Assert.That(after.Changes, Is.Empty);
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        Assert.That((await RunAsync($"--fleet={changed}", "--target=DrainDataPlane", "--cluster=dataplane_2")).Expect(ExitCode.Done).Changes, Is.Empty);
    }

    [Test]
    public async Task A_label_that_would_be_empty_is_refused_with_the_choices_and_nothing_is_written()
    {
        var writes = await Bed.WritesAsync();

        var run = (await RunAsync("--target=DrainDataPlane", "--cluster=dataplane_2")).Expect(ExitCode.Refused);

        Assert.That(run.Output, Does.Contain("label label2: No cluster would be left for it").And.Contain("--move-label=label2=dataplane_1"));
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
    }

    [Test]
    public async Task The_last_enabled_clusters_are_refused_as_flyteadmin_would_not_start()
    {
        var moved = Bed.Fleet(labels: "{label1: [{id: dataplane_1, weight: 1}]}", planes: Bed.Plane(1), control: "{context: controlplane}", name: "one");
        (await DrainAsync()).Expect(ExitCode.Done);
        await File.AppendAllTextAsync(
            moved,
            $"\nflyteAdmin: {{endpoint: \"{Bed.State.FlyteAdmin}\", caFile: {Path.Combine(Bed.State.Folder, "flyteadmin-ca.crt")}}}\n"
        );
        var writes = await Bed.WritesAsync();

        var run = (await RunAsync($"--fleet={moved}", "--target=DrainDataPlane", "--cluster=dataplane_1")).Expect(ExitCode.Refused);

        Assert.That(run.Output, Does.Contain("No cluster would be left for it"));
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
    }

    [TestCase("--cluster=dataplnae_2", "flyteadmin's clusterConfigs has no data plane 'dataplnae_2'. Did you mean 'dataplane_2'?")]
    [TestCase("--move-label=lable2=dataplane_1", "There is no label 'lable2'. Did you mean 'label2'?")]
    [TestCase("--move-label=label2=dataplane_3", "The fleet has no enabled data plane 'dataplane_3' that could take a label. Did you mean 'dataplane_1'?")]
    [TestCase("--move-label=label2", "'label2' is not a label and the cluster that takes it")]
    public async Task A_slip_is_named_and_nothing_is_written(string argument, string problem)
    {
        var writes = await Bed.WritesAsync();

        var run = await RunAsync([
            "--target=DrainDataPlane",
            argument.Contains("cluster=", StringComparison.Ordinal) ? "--timeout=60s" : "--cluster=dataplane_2",
            argument,
        ]);

        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Refused), run.Output);
        Assert.That(run.Output, Does.Contain(problem));
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
    }

    [Test]
    public async Task Without_a_cluster_nothing_is_drained()
    {
        var run = (await RunAsync("--target=DrainDataPlane")).Expect(ExitCode.Refused);

        Assert.That(run.Output, Does.Contain("--cluster: It has to name the data planes to take out of service. The fleet has dataplane_1, dataplane_2."));
    }

    [Test]
    public async Task Values_that_differ_elsewhere_are_refused_rather_than_applied_along_with_it()
    {
        var file = Path.Combine(Bed.Folder, "more.yaml");
        await File.WriteAllTextAsync(file, "flyteadmin: {replicaCount: 2}\n");
        var path = Path.Combine(Bed.Folder, "differs.yaml");
        await File.WriteAllTextAsync(
            path,
            (await File.ReadAllTextAsync(JoinedFleet)).Replace(
                "{context: controlplane}",
                $"{{context: controlplane, values: [{file}]}}",
                StringComparison.Ordinal
            )
        );
        var writes = await Bed.WritesAsync();

        var run = (await RunAsync($"--fleet={path}", "--target=DrainDataPlane", "--cluster=dataplane_2", "--move-label=label2=dataplane_1")).Expect(
            ExitCode.Refused
        );

        Assert.That(run.Output, Does.Contain("in more than clusters and labels, and this target changes nothing else: flyteadmin.replicaCount."));
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
    }

    [Test]
    public async Task A_plan_lists_what_runs_and_writes_nothing()
    {
        var id = await LongAsync();
        var writes = await Bed.WritesAsync();

        var plan = (await DrainAsync("--plan", "--detailed-exitcode", "--abort-executions")).Expect(ExitCode.ChangesPlanned);

        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        Assert.That(plan.Output, Does.Contain($"1 unfinished execution: {id} (RUNNING"));
        Assert.That(plan.Changes, Has.Some.EqualTo($"dataplane_2 delete Execution {id}"));
        await FinishAsync(id);
    }

    [Test]
    public async Task Killed_before_each_step_it_is_finished_by_the_next_run()
    {
        await using var load = new ExecutionLoad(Admin);
        string[] arguments = [$"--fleet={JoinedFleet}", "--target=DrainDataPlane", "--cluster=dataplane_2", "--move-label=label2=dataplane_1"];
        foreach (var line in new[] { "== DisableDataPlane", "[controlplane] update HelmRelease flyte/flyte-core", "== WaitForExecutions" })
        {
            using var program = Bed.Start(arguments);
            await program.UntilPrintedAsync(printed =>
                printed.StartsWith(line, StringComparison.Ordinal) || printed.StartsWith("== DrainDataPlane", StringComparison.Ordinal)
            );
            await program.KillAsync();
        }

        (await DrainAsync()).Expect(ExitCode.Done);

        Assert.That((await load.EndAsync()).Where(end => end != nameof(ExecutionPhase.Succeeded)), Is.Empty);
        Assert.That((await DrainAsync()).Expect(ExitCode.Done).Changes, Is.Empty);
    }

    [Test]
    public async Task One_that_is_dead_is_disabled_and_the_run_says_what_is_not_known()
    {
        await Bed.FaultAsync("""{"cluster": "dataplane2", "kind": "refuse"}""");

        var run = (await DrainAsync()).Expect(ExitCode.Failed);

        Assert.That(run.Changes, Has.Some.EqualTo("controlplane update HelmRelease flyte-core"));
        Assert.That(run.Output, Does.Contain("it is not known what still runs there").And.Contain("--target=RemoveDataPlane --unreachable"));
    }

    [Test]
    public async Task One_that_the_fleet_does_not_name_is_drained_by_its_name()
    {
        var path = Path.Combine(Bed.Folder, "without.yaml");
        await File.WriteAllTextAsync(
            path,
            (await File.ReadAllTextAsync(JoinedFleet))
                .Replace($", {Bed.Plane(2)}", string.Empty, StringComparison.Ordinal)
                .Replace(Labels, "labels: {label1: [{id: dataplane_1, weight: 1}]}", StringComparison.Ordinal)
        );

        var run = (await RunAsync($"--fleet={path}", "--target=DrainDataPlane", "--cluster=dataplane_2", "--move-label=label2=dataplane_1"));

        Assert.That(run.Changes, Has.Some.EqualTo("controlplane update HelmRelease flyte-core"), run.Output);
        var loaded = (await ControlPlane.ReleaseAsync("flyte-core"))!.Value.Release["config"]!["configmap"]!["clusters"]!;
        Assert.That(
            loaded["clusterConfigs"]!.AsArray().Select(entry => $"{entry!["name"]} {entry["enabled"]}"),
            Is.EqualTo(new[] { "dataplane_1 true", "dataplane_2 false" })
        );
        Assert.That((string?)loaded["labelClusterMap"]!["label2"]![0]!["id"], Is.EqualTo("dataplane_1"));
    }

    private Task<Finished> DrainAsync(params string[] arguments) =>
        RunAsync(["--target=DrainDataPlane", "--cluster=dataplane_2", "--move-label=label2=dataplane_1", .. arguments]);

    // An execution on dataplane_2 that goes on until the test lets its workflow succeed.
    private async Task<ExecutionId> LongAsync()
    {
        await Bed.RegisterLongPlanAsync();
        var id = await StartAsync("long", "label2");
        for (var until = DateTime.UtcNow.AddSeconds(30); (await Admin.ExecutionAsync(id, default))?.Phase != ExecutionPhase.Running; await Task.Delay(20))
            Assert.That(DateTime.UtcNow, Is.LessThan(until));
        return id;
    }

    private async Task<ExecutionId> StartAsync(string plan, string label)
    {
        var id = new ExecutionId("flytesnacks", "development", $"d{Guid.NewGuid():N}"[..18]);
        var inputs =
            plan == "long" ? [] : new JsonObject { ["name"] = new JsonObject { ["scalar"] = JsonNode.Parse("""{"primitive": {"string_value": "drain"} }""") } };
        var found = (await Admin.LaunchPlanAsync("flytesnacks", "development", plan, plan == "long" ? "v1" : null, default))!;
        await Admin.CreateExecutionAsync(await Permits.GetAsync(), new ExecutionRequest(id, found, inputs, label), default);
        return id;
    }

    private Task FinishAsync(ExecutionId id) =>
        DataPlane(2)
            .PatchAsync(
                $"/apis/flyte.lyft.com/v1alpha1/namespaces/flytesnacks-development/flyteworkflows/{id.Name}",
                """{"metadata": {"annotations": {"sandbox/behaviour": "succeeds"} } }"""
            );
}
