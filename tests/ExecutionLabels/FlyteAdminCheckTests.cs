using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Fleets;
using Flyte.MultiCluster.Prerequisites;
using Flyte.MultiCluster.Problems;
using Flyte.MultiCluster.Runs;
using Flyte.MultiCluster.Tests.Runs;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.ExecutionLabels;

/// <summary>What the fleet names is held against FlyteAdmin before any write.</summary>
internal sealed class FlyteAdminCheckTests
{
    private static readonly Fleet Smoke = LabelBed.Fleet("team1/development=label1") with
    {
        Smoke = new SmokeSettings([new SmokeExecution { Project = "team1", Domain = "development", LaunchPlan = "smoke" }], ForEveryLabel: true),
    };

    [Test]
    public async Task What_is_there_passes_and_the_version_is_told()
    {
        using var admin = new InMemoryFlyteAdmin();
        using var run = new TestRun(fleet: LabelBed.Fleet("team1/development=label1"), admin: admin);

        await new CheckFlyteAdmin().RunAsync(run.Context);

        Assert.That(run.Lines, Has.Member("[controlplane] FlyteAdmin v1.16.8 at https://flyte.example.com/"));
        Assert.That(run.Context.Run.IsFlyteAdminChecked);
    }

    [Test]
    public async Task Everything_that_is_wrong_is_told_at_once()
    {
        using var admin = new InMemoryFlyteAdmin();
        using var run = new TestRun(fleet: Smoke with { ExecutionLabels = LabelBed.Fleet("team1/development=lable1", "taem1/production=label2", "taem1/develop=label2").ExecutionLabels }, admin: admin);

        var problems = (await RefusedAsync(run)).Problems;

        Assert.That(problems.Select(problem => problem.ToString()), Is.EqualTo(new[]
        {
            "fleet.yaml:1:1: No labelClusterMap has the label 'lable1': what gets it would run on any cluster. Did you mean 'label1'?",
            "fleet.yaml:2:1 and 1 more: FlyteAdmin has no active project 'taem1'. Did you mean 'team1'? Or create it: flytectl create project --id taem1 --name taem1.",
            "fleet.yaml:3:1: FlyteAdmin has no active domain 'develop'. Did you mean 'development'?",
            "/fleet.yaml, smoke: team1/development has no active launch plan 'smoke'. Register and activate it (pyflyte register --activate-launchplans --project team1 --domain development FILE), name another one, or give --skip-smoke.",
        }));
    }

    [Test]
    public async Task With_skip_smoke_no_launch_plan_is_needed()
    {
        using var admin = new InMemoryFlyteAdmin();
        using var run = new TestRun(new RunOptions { SkipSmoke = true }, fleet: Smoke, admin: admin);

        await new CheckFlyteAdmin().RunAsync(run.Context);

        Assert.That(run.Context.Run.IsFlyteAdminChecked);
    }

    [Test]
    public async Task A_label_of_the_live_configuration_is_known()
    {
        using var admin = new InMemoryFlyteAdmin();
        using var run = new TestRun(fleet: LabelBed.Fleet("team1=theirs"), admin: admin);
        run.ControlServer.Put(Loaded.Path, Loaded.Map("theirs: [{id: dp1, weight: 1}]"));

        await new CheckFlyteAdmin().RunAsync(run.Context);

        Assert.That(run.Context.Run.IsFlyteAdminChecked);
    }

    [TestCase(false, true)]
    [TestCase(true, false)]
    public void A_label_that_flyteadmin_has_not_loaded_is_refused_unless_this_run_brings_it(bool upgrades, bool refused)
    {
        using var admin = new InMemoryFlyteAdmin();
        using var run = new TestRun(fleet: LabelBed.Fleet("team1=label2"), admin: admin);
        run.ControlServer.Put(Loaded.Path, Loaded.Map("label1: [{id: dp1, weight: 1}]"));
        run.Context.Tasks = upgrades ? new HashSet<string> { "UpgradeControlPlane" } : new HashSet<string>();

        Assert.That(() => new CheckFlyteAdmin().RunAsync(run.Context), refused ? Throws.TypeOf<RefusedException>() : Throws.Nothing);
    }

    [Test]
    public async Task One_that_does_not_answer_is_left_for_later_where_this_run_may_bring_it_up()
    {
        using var admin = new InMemoryFlyteAdmin { Before = _ => throw InMemoryFlyteAdmin.Unreachable };
        using var run = new TestRun(fleet: LabelBed.Fleet("team1=label1"), admin: admin);
        run.Context.Tasks = new HashSet<string> { "UpgradeControlPlane" };

        await new CheckFlyteAdmin().RunAsync(run.Context);

        Assert.That((run.Context.Journal.Stages.Single().Status, run.Context.Run.IsFlyteAdminChecked), Is.EqualTo((StageStatus.Skipped, false)));
    }

    [Test]
    public async Task Labels_are_judged_also_while_it_does_not_answer()
    {
        using var admin = new InMemoryFlyteAdmin { Before = _ => throw InMemoryFlyteAdmin.Unreachable };
        using var run = new TestRun(fleet: LabelBed.Fleet("team1=lable1"), admin: admin);
        run.Context.Tasks = new HashSet<string> { "UpgradeControlPlane" };

        Assert.That((await RefusedAsync(run)).Problems.Single().What, Does.Contain("'lable1'"));
    }

    [Test]
    public async Task By_itself_one_that_does_not_answer_is_refused([Values] bool isReachable)
    {
        using var admin = new InMemoryFlyteAdmin { Before = _ => throw (isReachable ? InMemoryFlyteAdmin.Unauthorized : InMemoryFlyteAdmin.Unreachable) };
        using var run = new TestRun(fleet: LabelBed.Fleet("team1=label1"), admin: admin);

        Assert.That(
            (await RefusedAsync(run)).Problems.Single().Remedy,
            Does.Contain(isReachable ? "flyteAdmin.auth" : "Check flyteAdmin.endpoint"));
    }

    [Test]
    public async Task The_labels_stage_repeats_the_check_only_where_it_has_not_passed()
    {
        using var admin = new InMemoryFlyteAdmin();
        using var run = new TestRun(fleet: LabelBed.Fleet("team1=label1"), admin: admin);

        await new CheckFlyteAdmin().RunAsync(run.Context);
        await new Flyte.MultiCluster.ExecutionLabels.UpdateExecutionClusterLabels().RunAsync(run.Context);

        Assert.That(admin.Calls.Count(call => call == "GET version"), Is.EqualTo(1));
    }

    private static async Task<RefusedException> RefusedAsync(TestRun run)
    {
        try
        {
            await new CheckFlyteAdmin().RunAsync(run.Context);
        }
        catch (RefusedException refused)
        {
            return refused;
        }

        throw new AssertionException("It was not refused.");
    }
}
