using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>Another version of the chart for a fleet at work.</summary>
internal sealed class UpgradeTests : StageTests
{
    private const string Target = "--target=UpgradeFleet";
    private const string Crash = """{"cluster": "dataplane1", "kind": "podsCrash", "name": "flytepropeller"}""";

    private const string Error = """ "kind": "status", "status": 500""";

    private UpgradeBed _upgrade = null!;

    [SetUp]
    public async Task Join()
    {
        _upgrade = new UpgradeBed(Bed);
        (await Bed.RunAsync($"--fleet={_upgrade.Fleet()}")).Expect(ExitCode.Done);
    }

    [TestCase(4)]
    [TestCase(3)]
    public async Task The_control_plane_is_upgraded_first_then_one_data_plane_after_the_other_and_every_execution_succeeds(int helm)
    {
        using var admin = Bed.OpenAdmin();
        await using var load = new ExecutionLoad(admin);
        var fleet = _upgrade.Fleet("v1.17.0");

        var run = (await Bed.RunAsync([$"--fleet={fleet}", Target], helm)).Expect(ExitCode.Done);

        Assert.That((await load.EndAsync()).Where(end => end != nameof(ExecutionPhase.Succeeded)), Is.Empty);
        Assert.That(
            UpgradeBed.Releases(run),
            Is.EqualTo(
                new[]
                {
                    "controlplane update HelmRelease flyte-core",
                    "dataplane_1 update HelmRelease flyte-core-data",
                    "dataplane_2 update HelmRelease flyte-core-data",
                }
            )
        );
        Assert.That(await _upgrade.ReleasesAsync(), Is.All.EqualTo("2 v1.17.0 deployed"));
        Assert.That(UpgradeBed.Notes(run), Has.One.EqualTo("Versions now: flyte-core v1.17.0: controlplane, dataplane_1, dataplane_2."));
        Assert.That((await Bed.RunAsync([$"--fleet={fleet}", Target], helm)).Expect(ExitCode.Done).Changes, Is.Empty);
        Assert.That((await Bed.RunAsync([$"--fleet={fleet}"], helm)).Expect(ExitCode.Done).Changes, Is.Empty);
    }

    [Test]
    public async Task Each_batch_is_verified_by_executions_before_the_next_begins()
    {
        var run = (await Bed.RunAsync($"--fleet={_upgrade.Fleet("v1.16.9")}", Target)).Expect(ExitCode.Done);

        var order = run
            .Changes.Select(change => change.Split(' '))
            .Select(words => words[2] == "Execution" ? "execution" : $"{words[0]} {words[2]}")
            .Where((word, index) => index == 0 || word != "execution" || !run.Changes[index - 1].Contains(" Execution ", StringComparison.Ordinal));
        Assert.That(
            order,
            Is.EqualTo(
                new[] { "execution", "controlplane HelmRelease", "execution", "dataplane_1 HelmRelease", "execution", "dataplane_2 HelmRelease", "execution" }
            )
        );
    }

    [Test]
    public async Task A_join_does_not_upgrade_and_names_the_target_that_does()
    {
        var fleet = _upgrade.Fleet("v1.17.0");
        var writes = await Bed.WritesAsync();

        var run = (await Bed.RunAsync($"--fleet={fleet}")).Expect(ExitCode.Refused);

        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        var problems = run.Report["problems"]!.AsArray();
        Assert.That(problems.Select(problem => (string)problem!["place"]!), Is.EqualTo(new[] { "controlplane", "dataplane_1", "dataplane_2" }));
        Assert.That(
            problems.Select(problem => (string)problem!["remedy"]!),
            Is.All.StartWith($"Run ./build.sh --target=UpgradeFleet --fleet={fleet} ").And.All.EndsWith("or name v1.16.8 in the fleet (flyte.chart.version).")
        );
    }

    [TestCase("InstallDataPlane")]
    [TestCase("UpgradeControlPlane")]
    public async Task Nor_does_a_stage_that_runs_alone(string stage)
    {
        var fleet = _upgrade.Fleet("v1.17.0");
        (await Bed.RunAsync($"--fleet={fleet}", "--target=FetchChart")).Expect(ExitCode.Done);

        var run = await Bed.RunAsync($"--fleet={fleet}", $"--target={stage}", "--exclusive");

        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Failed).Or.EqualTo(ExitCode.Refused), run.Output);
        Assert.That(run.Output, Does.Contain("Only UpgradeFleet upgrades a release at work"));
        Assert.That(await _upgrade.ReleasesAsync(), Is.All.EqualTo("1 v1.16.8 deployed"));
    }

    [Test]
    public async Task A_data_plane_that_fails_is_rolled_back_and_the_next_ones_are_not_touched()
    {
        var fleet = _upgrade.Fleet("v1.17.0");
        await Bed.FaultAsync(Crash);

        var run = (await Bed.RunAsync($"--fleet={fleet}", Target, "--timeout=10s")).Expect(ExitCode.SomeClustersFailed);
        await Bed.Control.ClearFaultsAsync(default);

        Assert.That(await _upgrade.ReleasesAsync(), Is.EqualTo(new[] { "2 v1.17.0 deployed", "3 v1.16.8 deployed", "1 v1.16.8 deployed" }));
        Assert.That(
            UpgradeBed.Notes(run),
            Has.One.EqualTo("dataplane_1: It was rolled back to revision 1 (flyte-core v1.16.8).")
                .And.One.EqualTo("The upgrade stopped at dataplane_1. Not upgraded: dataplane_2.")
                .And.One.EqualTo("Versions now: flyte-core v1.17.0: controlplane; flyte-core v1.16.8: dataplane_1, dataplane_2.")
        );
        Assert.That((run.Outcome("dataplane_1"), run.Outcome("dataplane_2")), Is.EqualTo(("failed", "away")));
        (await Bed.RunAsync($"--fleet={fleet}", Target)).Expect(ExitCode.Done);
        Assert.That((await Bed.RunAsync($"--fleet={fleet}", Target)).Expect(ExitCode.Done).Changes, Is.Empty);
    }

    [Test]
    public async Task A_control_plane_that_fails_is_rolled_back_and_no_data_plane_is_touched()
    {
        var fleet = _upgrade.Fleet("v1.17.0");
        await Bed.FaultAsync("""{"cluster": "controlplane", "kind": "podsCrash", "name": "flyteconsole"}""");

        var run = (await Bed.RunAsync($"--fleet={fleet}", Target, "--timeout=10s")).Expect(ExitCode.Failed);
        await Bed.Control.ClearFaultsAsync(default);

        Assert.That(await _upgrade.ReleasesAsync(), Is.EqualTo(new[] { "3 v1.16.8 deployed", "1 v1.16.8 deployed", "1 v1.16.8 deployed" }));
        Assert.That(run.Output, Does.Contain("It was rolled back to revision 1 (flyte-core v1.16.8). No data plane was upgraded."));
        (await Bed.RunAsync($"--fleet={fleet}", Target)).Expect(ExitCode.Done);
    }

    [Test]
    public async Task Where_the_CRD_changed_it_is_not_rolled_back_and_the_run_says_what_to_do()
    {
        var fleet = _upgrade.Fleet("v1.17.0", change: UpgradeBed.ChangeDefinition);
        await Bed.FaultAsync(Crash);

        var plan = (await Bed.RunAsync($"--fleet={fleet}", Target, "--plan")).Expect(ExitCode.Done);
        var run = (await Bed.RunAsync($"--fleet={fleet}", Target, "--timeout=10s")).Expect(ExitCode.SomeClustersFailed);
        await Bed.Control.ClearFaultsAsync(default);

        Assert.That(UpgradeBed.Notes(plan), Has.One.StartsWith("dataplane_1: the chart changes CustomResourceDefinition flyteworkflows.flyte.lyft.com."));
        Assert.That(await UpgradeBed.ReleaseAsync(DataPlane(1)), Is.EqualTo("2 v1.17.0 deployed"));
        Assert.That(
            UpgradeBed.Notes(run),
            Has.One.Contains("It was not rolled back, because flyteworkflows.flyte.lyft.com changed with the chart")
                .And.One.Contains("--target=Rollback --fleet=")
        );
        (await Bed.RunAsync($"--fleet={fleet}", Target)).Expect(ExitCode.Done);
    }

    [TestCase("v1.18.0", "is more than one minor version away")]
    [TestCase("v2.0.0", "is more than one minor version away")]
    [TestCase("v1.16.7", "is older")]
    public async Task Too_large_a_step_is_refused_before_any_write_unless_it_is_accepted(string version, string why)
    {
        var fleet = _upgrade.Fleet(version);
        var writes = await Bed.WritesAsync();

        var run = (await Bed.RunAsync($"--fleet={fleet}", Target)).Expect(ExitCode.Refused);

        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        Assert.That(run.Report["problems"]!.AsArray().Select(problem => (string)problem!["what"]!), Has.Exactly(3).Contains(why));
        (await Bed.RunAsync($"--fleet={fleet}", Target, "--accept-version-skew", "--batch=100%")).Expect(ExitCode.Done);
        Assert.That(await _upgrade.ReleasesAsync(), Is.All.EqualTo($"2 {version} deployed"));
    }

    [Test]
    public async Task A_plan_writes_nothing_and_the_run_is_held_to_it()
    {
        var fleet = _upgrade.Fleet("v1.17.0");
        var writes = await Bed.WritesAsync();

        var plan = (await Bed.RunAsync($"--fleet={fleet}", Target, "--plan", "--detailed-exitcode")).Expect(ExitCode.ChangesPlanned);

        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        Assert.That(plan.Difference("dataplane_1", "Deployment"), Has.Some.StartWith("+").And.Some.StartWith("-"));
        Assert.That(plan.Output, Does.Match(@"(?m)^ *\+ +helm\.sh/chart: flyte-core-v1\.17\.0$"));
        Assert.That(
            plan.Output.IndexOf("\ncontrolplane:", StringComparison.Ordinal),
            Is.LessThan(plan.Output.IndexOf("\ndataplane_1:", StringComparison.Ordinal))
        );
        (await Bed.RunAsync($"--fleet={fleet}", Target, "--expect=sha256:0123456789abcdef")).Expect(ExitCode.Refused);
        await Bed.FaultAsync(Crash);
        (await Bed.RunAsync($"--fleet={fleet}", Target, $"--expect={plan.PlanDigest}", "--timeout=10s")).Expect(ExitCode.SomeClustersFailed);
        await Bed.Control.ClearFaultsAsync(default);
        Assert.That(await UpgradeBed.ReleaseAsync(DataPlane(1)), Is.EqualTo("3 v1.16.8 deployed"), "The rollback is no plan's.");
    }

    [TestCaseSource(nameof(KillPoints))]
    public async Task Killed_it_is_finished_by_the_next_run(string line)
    {
        var fleet = _upgrade.Fleet("v1.17.0");
        using var program = Bed.Start([$"--fleet={fleet}", Target]);
        await program.UntilPrintedAsync(printed => printed.StartsWith(line, StringComparison.Ordinal));
        await program.KillAsync();

        (await Bed.RunAsync($"--fleet={fleet}", Target)).Expect(ExitCode.Done);

        Assert.That((await _upgrade.ReleasesAsync()).Select(release => release.Split(' ')[1]), Is.All.EqualTo("v1.17.0"));
        Assert.That((await Bed.RunAsync($"--fleet={fleet}", Target)).Expect(ExitCode.Done).Changes, Is.Empty);
    }

    [TestCaseSource(nameof(Lasting))]
    public async Task A_cluster_that_refuses_the_upgrade_and_the_rollback_is_named_and_the_next_run_finishes(string fault)
    {
        var fleet = _upgrade.Fleet("v1.17.0");
        await Bed.FaultAsync($$"""{"cluster": "dataplane1", "method": "PATCH", "path": "/deployments/flytepropeller", {{fault}} }""");

        var run = (await Bed.RunAsync($"--fleet={fleet}", Target, "--timeout=10s")).Expect(ExitCode.SomeClustersFailed);
        await Bed.Control.ClearFaultsAsync(default);

        Assert.That(UpgradeBed.Notes(run), Has.One.Match("^dataplane_1: (The rollback to revision 1 failed: |It was rolled back to revision 1 )"));
        Assert.That(await UpgradeBed.ReleaseAsync(DataPlane(2)), Is.EqualTo("1 v1.16.8 deployed"));
        (await Bed.RunAsync($"--fleet={fleet}", Target)).Expect(ExitCode.Done);
        Assert.That((await Bed.RunAsync($"--fleet={fleet}", Target)).Expect(ExitCode.Done).Changes, Is.Empty);
    }

    [TestCase(""" "kind": "status", "status": 429, "count": 1""")]
    [TestCase(""" "kind": "drop", "count": 1""")]
    public async Task A_fault_that_passes_is_waited_out(string fault)
    {
        await Bed.FaultAsync($$"""{"cluster": "dataplane1", "method": "PATCH", "path": "/deployments/flytepropeller", {{fault}} }""");

        (await Bed.RunAsync($"--fleet={_upgrade.Fleet("v1.17.0")}", Target)).Expect(ExitCode.Done);
    }

    [Test]
    public async Task Two_operators_at_once_upgrade_everything_once()
    {
        var fleet = _upgrade.Fleet("v1.17.0");
        using var one = Bed.Start([$"--fleet={fleet}", Target]);
        using var other = Bed.Start([$"--fleet={fleet}", Target]);

        var ends = await Task.WhenAll(one.EndAsync(), other.EndAsync());

        Assert.That(ends.Select(end => end.ExitCode), Is.All.EqualTo(ExitCode.Done), string.Join("\n\n", ends.Select(end => end.Output)));
        Assert.That((await _upgrade.ReleasesAsync()).Select(release => release.Split(' ')[1]), Is.All.EqualTo("v1.17.0"));
        Assert.That((await Bed.RunAsync($"--fleet={fleet}")).Expect(ExitCode.Done).Changes, Is.Empty);
    }

    [Test]
    public async Task A_data_plane_that_has_not_joined_is_left_out_and_joins_afterwards()
    {
        await Bed.ResetAsync();
        const string One = "labels: {label1: [{id: dataplane_1, weight: 1}]}";
        var first = _upgrade.Fleet(planes: Bed.Plane(1));
        await File.WriteAllTextAsync(first, (await File.ReadAllTextAsync(first)).Replace(OfBoth(first), One, StringComparison.Ordinal));
        (await Bed.RunAsync($"--fleet={first}")).Expect(ExitCode.Done);
        var fleet = _upgrade.Fleet("v1.17.0");

        var run = (await Bed.RunAsync($"--fleet={fleet}", Target)).Expect(ExitCode.Done);
        var join = (await Bed.RunAsync($"--fleet={fleet}")).Expect(ExitCode.Done);

        Assert.That(UpgradeBed.Notes(run), Has.One.StartsWith("dataplane_2 is left out: it has not joined yet"));
        Assert.That(join.Changes, Has.Some.EqualTo("dataplane_2 create HelmRelease flyte-core-data"));
        Assert.That(await _upgrade.ReleasesAsync(), Has.Exactly(1).EqualTo("1 v1.17.0 deployed"));
    }

    [Test]
    public async Task What_failed_before_is_reported_and_not_held_against_the_upgrade()
    {
        // The row of the fleet is not set yet: AddDataPlane would do that.
        var fleet = _upgrade.Fleet("v1.17.0", rows: ["flytesnacks/production=label2"]);

        var run = (await Bed.RunAsync($"--fleet={fleet}", Target, "--skip-smoke")).Expect(ExitCode.Done);

        Assert.That(UpgradeBed.Notes(run), Has.One.StartsWith("Failed before the upgrade, and not held against it: execution-labels"));
    }

    [Test]
    public async Task Nor_is_it_by_the_run_that_goes_on_after_a_stop()
    {
        var fleet = _upgrade.Fleet("v1.17.0", rows: ["flytesnacks/production=label2"]);
        await Bed.FaultAsync(Crash);
        (await Bed.RunAsync($"--fleet={fleet}", Target, "--skip-smoke", "--timeout=10s")).Expect(ExitCode.SomeClustersFailed);
        await Bed.Control.ClearFaultsAsync(default);

        var run = (await Bed.RunAsync($"--fleet={fleet}", Target, "--skip-smoke")).Expect(ExitCode.Done);

        Assert.That(UpgradeBed.Notes(run), Has.One.StartsWith("controlplane, which this run did not upgrade: Verify fails: execution-labels: "));
        Assert.That((await _upgrade.ReleasesAsync()).Select(release => release.Split(' ')[1]), Is.All.EqualTo("v1.17.0"));
    }

    [Test]
    public async Task A_data_plane_whose_release_failed_is_no_new_one()
    {
        await DataPlane(2).InterruptReleaseAsync("flyte-core-data", "failed");

        var run = (await Bed.RunAsync($"--fleet={_upgrade.Fleet("v1.17.0")}", Target)).Expect(ExitCode.Refused);

        Assert.That(
            (string?)run.Report["problems"]!.AsArray().Single()!["what"],
            Is.EqualTo("Release flyte-core-data has no deployed revision: its newest one, 1, is failed.")
        );
    }

    [Test]
    public async Task Where_executions_fail_before_nothing_is_upgraded()
    {
        var fleet = _upgrade.Fleet("v1.17.0", rows: ["flytesnacks/production=label2"]);

        var run = (await Bed.RunAsync($"--fleet={fleet}", Target)).Expect(ExitCode.Failed);

        Assert.That(run.Output, Does.Contain("Before the upgrade: ").And.Contain("Run --target=UpdateExecutionClusterLabels. Nothing was upgraded."));
        Assert.That(await _upgrade.ReleasesAsync(), Is.All.EqualTo("1 v1.16.8 deployed"));
        (await Bed.RunAsync($"--fleet={fleet}", "--target=UpdateExecutionClusterLabels")).Expect(ExitCode.Done);
        (await Bed.RunAsync($"--fleet={fleet}", Target)).Expect(ExitCode.Done);
    }

    [Test]
    public async Task Values_that_the_new_chart_does_not_know_are_named()
    {
        var file = Path.Combine(Bed.Folder, "own.yaml");
        await File.WriteAllTextAsync(file, "flytepropeller: {cacheSizeMbs: 100}\n");
        var fleet = _upgrade.Fleet("v1.17.0", planes: $"{Bed.Plane(1).TrimEnd('}')}, values: [{file}]}}, {Bed.Plane(2)}");

        var plan = (await Bed.RunAsync($"--fleet={fleet}", Target, "--plan")).Expect(ExitCode.Done);

        Assert.That(
            UpgradeBed.Notes(plan),
            Has.One.EqualTo("dataplane_1: chart flyte-core v1.17.0 does not know these values, so they will have no effect: flytepropeller.cacheSizeMbs.")
        );
    }

    private static IEnumerable<string> KillPoints =>
        Sampled.Of(
            ["[controlplane] update HelmRelease", "[controlplane] verified", "[dataplane_1] update HelmRelease", "Batch 2 of 2"],
            "[controlplane] update HelmRelease",
            "[dataplane_1] update HelmRelease"
        );

    private static IEnumerable<string> Lasting => Sampled.Of([Error, """ "kind": "status", "status": 403""", """ "kind": "refuse" """], Error);

    private static string OfBoth(string fleet) => File.ReadLines(fleet).Single(line => line.StartsWith("labels:", StringComparison.Ordinal));
}
