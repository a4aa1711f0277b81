using Cake.Frosting;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Build.Frosting;

/// <summary>What runs before what, and which dependencies are refused.</summary>
internal sealed class TaskOrderTests
{
    private static HostFixture Tree() =>
        new HostFixture().With<HostTasks.Top>().With<HostTasks.Third>().With<HostTasks.Both>().With<HostTasks.Second>().With<HostTasks.First>();

    [Test]
    public void One_target_runs_depth_first_in_declared_order_each_task_once()
    {
        var fixture = Tree();

        Assert.That(fixture.Run("--target=Top"), Is.Zero);
        Assert.That(fixture.Journal, Is.EqualTo(new[] { "First", "Second", "Both", "Third", "Top" }));
    }

    [Test]
    public void Several_targets_run_as_one_graph_dependencies_first()
    {
        var fixture = Tree();

        Assert.That(fixture.Run("--target=Both", "--target=Third"), Is.Zero);
        Assert.Multiple(() =>
        {
            Assert.That(fixture.Journal, Is.Unique);
            Assert.That(fixture.Journal, Is.EquivalentTo(new[] { "First", "Second", "Both", "Third" }));
            Assert.That(fixture.Journal.IndexOf("First"), Is.LessThan(fixture.Journal.IndexOf("Both")).And.LessThan(fixture.Journal.IndexOf("Third")));
            Assert.That(fixture.Journal.IndexOf("Second"), Is.LessThan(fixture.Journal.IndexOf("Both")));
        });
    }

    [Test]
    public void Several_targets_run_in_the_order_of_their_dependencies_whatever_the_order_of_arguments()
    {
        var fixture = Tree();

        Assert.That(fixture.Run("--target=Both", "--target=First"), Is.Zero);
        Assert.That(fixture.Journal, Is.EqualTo(new[] { "First", "Second", "Both" }));
    }

    [Test]
    public void Exclusive_runs_the_target_alone()
    {
        var fixture = Tree();

        Assert.That(fixture.Run("--target=Top", "--exclusive"), Is.Zero);
        Assert.That(fixture.Journal, Is.EqualTo(new[] { "Top" }));
    }

    [Test]
    public void A_dependency_can_be_written_at_its_other_end()
    {
        var fixture = new HostFixture().With<HostTasks.First>().With<HostTasks.BeforeFirst>();

        Assert.That(fixture.Run("--target=First"), Is.Zero);
        Assert.That(fixture.Journal, Is.EqualTo(new[] { "BeforeFirst", "First" }));
    }

    [Test]
    public void A_missing_dependency_fails_before_setup() => FailsBeforeSetup<HostTasks.Both>("Both");

    [Test]
    public void A_doubled_dependency_fails_before_setup() => FailsBeforeSetup<HostTasks.Doubled>("Doubled");

    [Test]
    public void A_task_that_depends_on_itself_fails_before_setup() => FailsBeforeSetup<HostTasks.Reflexive>("Reflexive");

    [Test]
    public void A_dependency_that_is_no_task_fails_before_setup() => FailsBeforeSetup<HostTasks.OnString>("OnString");

    [Test]
    public void An_unknown_target_fails_before_setup() => FailsBeforeSetup<HostTasks.First>("Frist");

    private static void FailsBeforeSetup<TTask>(string target)
        where TTask : class, IFrostingTask
    {
        var fixture = new HostFixture().With<TTask>();
        fixture.Host.UseLifetime<HostLifetimes.Whole>();
        if (typeof(TTask) == typeof(HostTasks.Doubled))
            fixture.With<HostTasks.First>();

        Assert.Multiple(() =>
        {
            Assert.That(fixture.Run("--target", target), Is.Not.Zero);
            Assert.That(fixture.Journal, Is.Empty);
            Assert.That(fixture.Log.Text, Does.Contain("Error: "));
        });
    }
}
