using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Options;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.ExecutionLabels;
using Flyte.MultiCluster.Tasks.Prerequisites;
using Flyte.MultiCluster.Tests.Common.Kubernetes;
using Flyte.MultiCluster.Tests.Common.Run;
using Flyte.MultiCluster.Tests.Common.Values;
using Flyte.MultiCluster.Tests.Tasks.ExecutionLabels;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.Prerequisites;

/// <summary>What the fleet names is held against FlyteAdmin before any write.</summary>
internal sealed class FlyteAdminCheckTests
{
    private static readonly Fleet Smoke = LabelBed.Fleet("team1/development=label1") with
    {
        Smoke = new SmokeSettings(
            [
                new SmokeExecution
                {
                    Project = "team1",
                    Domain = "development",
                    LaunchPlan = "smoke",
                },
            ],
            ForEveryLabel: true
        ),
    };

    [Test]
    public async Task What_is_there_passes_and_the_version_is_reported()
    {
        using var admin = new InMemoryFlyteAdmin();
        using var run = new TestRun(fleet: LabelBed.Fleet("team1/development=label1"), admin: admin);

        await run.RunAsync<CheckFlyteAdmin>();

        Assert.That(run.Lines, Has.Member("[controlplane] FlyteAdmin v1.16.8 at https://flyte.example.com/"));
        Assert.That(run.Context.Run.State.Of<AdminChecked>().IsChecked);
    }

    [Test]
    public async Task Everything_that_is_wrong_is_reported_at_once()
    {
        using var admin = new InMemoryFlyteAdmin();
        using var run = new TestRun(
            fleet: Smoke with
            {
                ExecutionLabels = LabelBed.Fleet("team1/development=lable1", "taem1/production=label2", "taem1/develop=label2").ExecutionLabels,
            },
            admin: admin
        );

        var problems = (await RefusedAsync(run)).Problems;

        Assert.That(
            problems.Select(problem => problem.ToString()),
            Is.EqualTo(
                new[]
                {
                    "fleet.yaml:1:1: No labelClusterMap has the label 'lable1': its executions would run on any cluster. Did you mean 'label1'?",
                    "fleet.yaml:2:1 and 1 more: FlyteAdmin has no active project 'taem1'. Did you mean 'team1'? Or create it: flytectl create "
                        + "project --id taem1 --name taem1.",
                    "fleet.yaml:3:1: FlyteAdmin has no active domain 'develop'. Did you mean 'development'?",
                    "/fleet.yaml, smoke: team1/development has no active launch plan 'smoke'. Register and activate it (pyflyte register "
                        + "--activate-launchplans --project team1 --domain development FILE), name another one, or give --skip-smoke.",
                }
            )
        );
    }

    [Test]
    public async Task With_skip_smoke_no_launch_plan_is_needed()
    {
        using var admin = new InMemoryFlyteAdmin();
        using var run = new TestRun(new RunOptions { SkipSmoke = true }, fleet: Smoke, admin: admin);

        await run.RunAsync<CheckFlyteAdmin>();

        Assert.That(run.Context.Run.State.Of<AdminChecked>().IsChecked);
    }

    [Test]
    public async Task Where_labels_alone_are_set_no_launch_plan_is_needed()
    {
        using var admin = new InMemoryFlyteAdmin();
        using var run = new TestRun(fleet: Smoke, admin: admin);
        run.Context.Tasks = new HashSet<string> { "CheckFlyteAdmin", "UpdateExecutionClusterLabels" };

        await run.RunAsync<CheckFlyteAdmin>();

        Assert.That(run.Context.Run.State.Of<AdminChecked>().IsChecked);
    }

    [Test]
    public async Task A_label_of_the_live_configuration_is_known()
    {
        using var admin = new InMemoryFlyteAdmin();
        using var run = new TestRun(fleet: LabelBed.Fleet("team1=theirs"), admin: admin);
        run.ControlServer.Put(Loaded.Path, Loaded.Map("theirs: [{id: dp1, weight: 1}]"));

        await run.RunAsync<CheckFlyteAdmin>();

        Assert.That(run.Context.Run.State.Of<AdminChecked>().IsChecked);
    }

    [TestCase(false, true)]
    [TestCase(true, false)]
    public void A_label_that_flyteadmin_has_not_loaded_is_refused_unless_this_run_brings_it(bool upgrades, bool refused)
    {
        using var admin = new InMemoryFlyteAdmin();
        using var run = new TestRun(fleet: LabelBed.Fleet("team1=label2"), admin: admin);
        run.ControlServer.Put(Loaded.Path, Loaded.Map("label1: [{id: dp1, weight: 1}]"));
        run.Context.Tasks = upgrades ? new HashSet<string> { "UpgradeControlPlane" } : new HashSet<string>();

        Assert.That(() => run.RunAsync<CheckFlyteAdmin>(), refused ? Throws.TypeOf<RefusedException>() : Throws.Nothing);
    }

    [Test]
    public async Task One_that_does_not_answer_is_left_for_later_where_this_run_may_bring_it_up()
    {
        using var admin = new InMemoryFlyteAdmin { Before = _ => throw InMemoryFlyteAdmin.Unreachable };
        using var run = new TestRun(fleet: LabelBed.Fleet("team1=label1"), admin: admin);
        run.Context.Tasks = new HashSet<string> { "UpgradeControlPlane" };

        await run.RunAsync<CheckFlyteAdmin>();

        Assert.That((run.Context.Journal.Stages.Single().Status, run.Context.Run.State.Of<AdminChecked>().IsChecked), Is.EqualTo((StageStatus.Skipped, false)));
    }

    [Test]
    public async Task One_that_runs_and_does_not_answer_at_the_fleets_address_is_refused()
    {
        using var admin = new InMemoryFlyteAdmin { Before = _ => throw InMemoryFlyteAdmin.Unreachable };
        using var run = new TestRun(fleet: LabelBed.Fleet("team1=label1"), admin: admin);
        run.Context.Tasks = new HashSet<string> { "UpgradeControlPlane" };
        run.ControlServer.Put(Loaded.Path, Loaded.Map("label1: [{id: dp1, weight: 1}]"));
        run.ControlServer.On("/apis/apps/v1/namespaces/flyte/deployments/flyteadmin", FakeApiServer.Ok("""{"status":{"availableReplicas":1}}"""));

        Assert.That((await RefusedAsync(run)).Problems.Single().Place, Is.EqualTo("flyteAdmin"));
    }

    [TestCase("dns:///staging.example.com:443", true)]
    [TestCase("dns:///flyte.example.com:443", false)]
    public void A_configuration_of_another_Flyte_is_refused(string endpoint, bool refused)
    {
        using var folder = new TemporaryFolder();
        using var admin = new InMemoryFlyteAdmin();
        var fleet = LabelBed.Fleet("team1=label1");
        fleet = fleet with
        {
            FlyteAdmin = new FlyteAdminSettings { Endpoint = admin.Endpoint, Config = folder.Write("config.yaml", $"admin: {{endpoint: '{endpoint}'}}") },
            Pyflyte = new PyflyteRun
            {
                Script = "a.py",
                Workflow = "w",
                Project = "team1",
                Domain = "development",
            },
        };
        using var run = new TestRun(new RunOptions { Smoke = SmokeMode.Pyflyte }, fleet: fleet, admin: admin);

        Assert.That(
            async () => (await RefusedAsync(run)).Problems.Select(problem => problem.Place),
            refused ? Has.Member("flyteAdmin.config") : Has.No.Member("flyteAdmin.config")
        );
    }

    [TestCase(false, 0)]
    [TestCase(true, 1)]
    public async Task One_that_was_never_installed_is_not_waited_for(bool isInstalled, int expected)
    {
        var asked = 0;
        using var admin = new InMemoryFlyteAdmin
        {
            Before = _ =>
            {
                asked++;
                throw InMemoryFlyteAdmin.Unreachable;
            },
        };
        using var run = new TestRun(fleet: LabelBed.Fleet("team1=label1"), admin: admin);
        run.Context.Tasks = new HashSet<string> { "UpgradeControlPlane" };
        if (isInstalled)
            run.ControlServer.Put(Loaded.Path, Loaded.Map("label1: [{id: dp1, weight: 1}]"));

        await run.RunAsync<CheckFlyteAdmin>();

        Assert.That(asked, Is.EqualTo(expected));
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

        Assert.That((await RefusedAsync(run)).Problems.Single().Remedy, Does.Contain(isReachable ? "flyteAdmin.auth" : "Check flyteAdmin.endpoint"));
    }

    [Test]
    public async Task The_labels_stage_repeats_the_check_only_where_it_has_not_passed()
    {
        using var admin = new InMemoryFlyteAdmin();
        using var run = new TestRun(fleet: LabelBed.Fleet("team1=label1"), admin: admin);

        await run.RunAsync<CheckFlyteAdmin>();
        await run.RunAsync<UpdateExecutionClusterLabels>();

        Assert.That(admin.Calls.Count(call => call == "GET version"), Is.EqualTo(1));
    }

    [Test]
    public async Task Login_that_the_run_itself_turned_on_is_found_before_anything_is_written_with_it()
    {
        using var admin = new InMemoryFlyteAdmin();
        using var run = new TestRun(fleet: LabelBed.Fleet("team1=label1"), admin: admin);
        await run.RunAsync<CheckFlyteAdmin>();
        run.Context.Run.State.Of<AdminChecked>().IsRestarted = true;
        admin.Before = _ => throw InMemoryFlyteAdmin.Unauthorized;

        Assert.That(
            () => run.RunAsync<UpdateExecutionClusterLabels>(),
            Throws.TypeOf<RefusedException>().With.Property("Problems").One.Property("Remedy").Contains("add flyteAdmin.auth")
        );
    }

    [Test]
    public async Task That_login_is_off_is_noted()
    {
        using var admin = new InMemoryFlyteAdmin { IsLoginOff = true };
        using var run = new TestRun(fleet: LabelBed.Fleet("team1=label1"), admin: admin);

        await run.RunAsync<CheckFlyteAdmin>();

        Assert.That(run.Context.Journal.Notes, Is.EqualTo(new[] { FlyteAdminPreflight.LoginOff }));
    }

    private static async Task<RefusedException> RefusedAsync(TestRun run)
    {
        try
        {
            await run.RunAsync<CheckFlyteAdmin>();
        }
        catch (RefusedException refused)
        {
            return refused;
        }

        throw new AssertionException("It was not refused.");
    }
}
