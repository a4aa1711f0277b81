using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Build.Frosting;

/// <summary>What the embedded host promises beyond Cake's own: exit codes. With either host the program decides its own.</summary>
internal sealed class EmbeddedHostTests
{
    [Test]
    public void An_exception_s_own_exit_code_is_the_run_s() =>
        Assert.That(new HostFixture().With<HostTasks.Exiting42>().Run("--target=Exiting42"), Is.EqualTo(42));

    [Test]
    public void Any_other_failure_exits_with_1() => Assert.That(new HostFixture().With<HostTasks.Throwing>().Run("--target=Throwing"), Is.EqualTo(1));
}
