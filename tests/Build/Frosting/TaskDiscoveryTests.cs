using Cake.Frosting;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Build.Frosting;

/// <summary>Which task classes a host finds, and by which names.</summary>
internal sealed class TaskDiscoveryTests
{
    [Test]
    public void Only_exported_task_classes_that_are_not_abstract_are_found()
    {
        var fixture = new HostFixture();
        fixture.Host.AddAssembly(typeof(TaskDiscoveryTests).Assembly);

        Assert.Multiple(() =>
        {
            Assert.That(fixture.Run("--target=ExportedTask"), Is.Zero);
            Assert.That(fixture.Journal, Is.EqualTo(new[] { "ExportedTask" }));
        });
    }

    [TestCase(nameof(AbstractTask))]
    [TestCase(nameof(HostTasks.First))]
    public void Abstract_classes_and_classes_that_are_not_exported_are_no_targets(string name)
    {
        var fixture = new HostFixture();
        fixture.Host.AddAssembly(typeof(TaskDiscoveryTests).Assembly);

        Assert.That(fixture.Run("--target", name), Is.Not.Zero);
        Assert.That(fixture.Log.Text, Does.Contain($"The target '{name}' was not found."));
    }

    [Test]
    public void A_task_goes_by_its_class_name()
    {
        var fixture = new HostFixture().With<HostTasks.First>();

        Assert.That((fixture.Run("--target=First"), fixture.Journal), Is.EqualTo((0, new[] { "First" })).Using<(int, IEnumerable<string>)>(Same));
    }

    [Test]
    public void An_attribute_gives_another_name_instead()
    {
        var fixture = new HostFixture().With<HostTasks.Named>();

        Assert.Multiple(() =>
        {
            Assert.That(fixture.Run("--target=Renamed"), Is.Zero);
            Assert.That(fixture.Journal, Is.EqualTo(new[] { "Named" }));
            Assert.That(new HostFixture().With<HostTasks.Named>().Run("--target=Named"), Is.Not.Zero);
        });
    }

    [Test]
    public void Names_compare_without_regard_to_case()
    {
        var fixture = new HostFixture().With<HostTasks.First>();

        Assert.That(fixture.Run("--target=fIRST"), Is.Zero);
        Assert.That(fixture.Journal, Is.EqualTo(new[] { "First" }));
    }

    [Test]
    public void Without_a_target_Default_runs()
    {
        var fixture = new HostFixture().With<HostTasks.First>().With<HostTasks.Default>();

        Assert.That(fixture.Run(), Is.Zero);
        Assert.That(fixture.Journal, Is.EqualTo(new[] { "Default" }));
    }

    [Test]
    public void A_task_gets_the_context_that_the_host_uses()
    {
        var fixture = new HostFixture().With<HostTasks.OnOwnContext>();
        fixture.Host.UseContext<HostTasks.OwnContext>();

        Assert.That(fixture.Run("--target=OnOwnContext"), Is.Zero);
        Assert.That(fixture.Journal, Is.EqualTo(new[] { "data" }));
    }

    [Test]
    public void A_task_on_another_context_is_left_out_with_a_warning()
    {
        var fixture = new HostFixture().With<HostTasks.First>().With<HostTasks.OnOtherContext>();
        fixture.Host.UseContext<HostTasks.OwnContext>();

        Assert.That(fixture.Run("--target=First"), Is.Zero);
        Assert.That(fixture.Log.Text, Does.Match("Warning: .*OtherContext"));
    }

    private static bool Same((int, IEnumerable<string>) left, (int, IEnumerable<string>) right) =>
        left.Item1 == right.Item1 && left.Item2.SequenceEqual(right.Item2);
}
