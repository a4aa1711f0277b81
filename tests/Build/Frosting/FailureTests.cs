using Cake.Core;
using Cake.Frosting;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Build.Frosting;

/// <summary>What becomes of failures and skipped tasks.</summary>
internal sealed class FailureTests
{
    [Test]
    public void A_failing_task_fails_the_run_and_is_reported()
    {
        var fixture = new HostFixture().With<HostTasks.Throwing>();

        Assert.That(fixture.Run("--target=Throwing"), Is.Not.Zero);
        Assert.That(fixture.Log.Text, Does.Contain("the first error"));
    }

    [Test]
    public void A_skipped_dependency_stops_nothing()
    {
        var fixture = new HostFixture().With<HostTasks.Skipped>().With<HostTasks.AfterSkipped>();

        Assert.That(fixture.Run("--target=AfterSkipped"), Is.Zero);
        Assert.That(fixture.Journal, Is.EqualTo(new[] { "criteria", "AfterSkipped" }));
    }

    [Test]
    public void A_skipped_target_is_an_error_that_gives_the_reason()
    {
        var fixture = new HostFixture().With<HostTasks.Skipped>();

        Assert.That(fixture.Run("--target=Skipped"), Is.Not.Zero);
        Assert.That(fixture.Log.Text, Does.Contain("not today"));
    }

    [Test]
    public void An_error_handler_that_returns_swallows_the_failure()
    {
        var fixture = new HostFixture().With<HostTasks.Swallowing>();

        Assert.Multiple(() =>
        {
            Assert.That(fixture.Run("--target=Swallowing"), Is.Zero);
            Assert.That(fixture.Journal, Is.EqualTo(new[] { "OnError the first error" }));
            Assert.That(fixture.Printer.Report!.Single().ExecutionStatus, Is.EqualTo(CakeTaskExecutionStatus.Failed));
        });
    }

    [Test]
    public void An_error_handler_that_throws_again_fails_the_run() =>
        Assert.That(new HostFixture().With<HostTasks.Rethrowing>().Run("--target=Rethrowing"), Is.Not.Zero);

    [Test]
    public void A_task_may_let_the_run_go_on_after_its_failure()
    {
        var fixture = new HostFixture().With<HostTasks.Continuing>().With<HostTasks.AfterContinuing>();

        Assert.That(fixture.Run("--target=AfterContinuing"), Is.Zero);
        Assert.That(fixture.Journal, Is.EqualTo(new[] { "AfterContinuing" }));
    }

    [Test]
    public void Going_on_and_an_error_handler_together_are_refused()
    {
        var fixture = new HostFixture().With<HostTasks.ContinuingWithHandler>();
        fixture.Host.UseLifetime<HostLifetimes.Whole>();

        Assert.That(fixture.Run("--target=ContinuingWithHandler"), Is.Not.Zero);
        Assert.That(fixture.Journal, Is.Empty);
    }

    [Test]
    public void Finally_runs_last()
    {
        var fixture = new HostFixture().With<HostTasks.Finishing>();

        Assert.That(fixture.Run("--target=Finishing"), Is.Zero);
        Assert.That(fixture.Journal, Is.EqualTo(new[] { "Finishing", "Finally" }));
    }

    [Test]
    public void A_finally_that_throws_hides_the_first_error()
    {
        var fixture = new HostFixture().With<HostTasks.ThrowingFinally>();

        Assert.That(fixture.Run("--target=ThrowingFinally"), Is.Not.Zero);
        Assert.That(fixture.Log.Text, Does.Contain("the second error").And.Not.Contain("the first error"));
    }
}
