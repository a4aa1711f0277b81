using Cake.Frosting;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Build.Frosting;

/// <summary>When lifetimes run.</summary>
internal sealed class LifetimeTests
{
    [Test]
    public void Setup_and_teardown_run_once_around_all_tasks()
    {
        var fixture = new HostFixture().With<HostTasks.Both>().With<HostTasks.First>().With<HostTasks.Second>();
        fixture.Host.UseLifetime<HostLifetimes.Whole>();

        Assert.That(fixture.Run("--target=Both"), Is.Zero);
        Assert.That(fixture.Journal, Is.EqualTo(new[] { "Setup", "First", "Second", "Both", "Teardown" }));
    }

    [Test]
    public void Teardown_learns_what_failed()
    {
        var fixture = new HostFixture().With<HostTasks.Throwing>();
        fixture.Host.UseLifetime<HostLifetimes.Whole>();

        Assert.That(fixture.Run("--target=Throwing"), Is.Not.Zero);
        Assert.That(fixture.Journal, Is.EqualTo(new[] { "Setup", "Teardown the first error" }));
    }

    [Test]
    public void A_setup_that_throws_runs_no_task_but_the_teardown()
    {
        var fixture = new HostFixture().With<HostTasks.First>();
        fixture.Host.UseLifetime<HostLifetimes.Failing>();

        Assert.That(fixture.Run("--target=First"), Is.Not.Zero);
        Assert.That(fixture.Journal, Is.EqualTo(new[] { "Teardown no setup" }));
    }

    [Test]
    public void A_dry_run_runs_setup_teardown_and_criteria_but_no_task()
    {
        var fixture = new HostFixture().With<HostTasks.Skipped>().With<HostTasks.AfterSkipped>();
        fixture.Host.UseLifetime<HostLifetimes.Whole>().UseTaskLifetime<HostLifetimes.EachTask>();

        Assert.That(fixture.Run("--target=AfterSkipped", "--dryrun"), Is.Zero);
        Assert.That(fixture.Journal, Is.EqualTo(new[] { "Setup", "criteria", "Teardown" }));
        Assert.That(fixture.Log.Text, Does.Contain("AfterSkipped"));
    }

    [Test]
    public void Setup_and_teardown_can_be_classes_of_their_own()
    {
        var fixture = new HostFixture().With<HostTasks.First>();
        fixture.Host.UseContext<HostTasks.OwnContext>().UseSetup<HostLifetimes.Before>().UseTeardown<HostLifetimes.After>();

        Assert.That(fixture.Run("--target=First"), Is.Zero);
        Assert.That(fixture.Journal, Is.EqualTo(new[] { "Setup data", "First", "Teardown" }));
    }

    [Test]
    public void A_task_lifetime_runs_around_each_task()
    {
        var fixture = new HostFixture().With<HostTasks.First>().With<HostTasks.Third>();
        fixture.Host.UseTaskLifetime<HostLifetimes.EachTask>();

        Assert.That(fixture.Run("--target=Third"), Is.Zero);
        Assert.That(fixture.Journal, Is.EqualTo(new[] { "Before First", "First", "After First", "Before Third", "Third", "After Third" }));
    }

    [Test]
    public void Task_setup_and_teardown_can_be_classes_of_their_own()
    {
        var fixture = new HostFixture().With<HostTasks.First>();
        fixture.Host.UseTaskSetup<HostLifetimes.BeforeEach>().UseTaskTeardown<HostLifetimes.AfterEach>();

        Assert.That(fixture.Run("--target=First"), Is.Zero);
        Assert.That(fixture.Journal, Is.EqualTo(new[] { "Before First", "First", "After First" }));
    }

    [TestCase("--description")]
    [TestCase("--tree")]
    [TestCase("--version")]
    [TestCase("--info")]
    public void What_only_prints_runs_nothing(string option)
    {
        var fixture = new HostFixture().With<HostTasks.Default>();
        fixture.Host.UseLifetime<HostLifetimes.Whole>();

        Assert.That(fixture.Run(option), Is.Zero);
        Assert.That(fixture.Journal, Is.Empty);
    }
}
