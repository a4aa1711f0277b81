using Flyte.MultiCluster.Sandbox.Hosting;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Hosting;

[TestFixture]
internal sealed class SandboxOptionsTests
{
    [Test]
    public void The_state_folder_alone_is_enough()
    {
        Assert.That(
            SandboxOptions.Parse(["--state=/a/b"]),
            Is.EqualTo(
                new SandboxOptions
                {
                    State = Path.GetFullPath("/a/b"),
                    DataPlanes = 2,
                    Idle = TimeSpan.FromHours(1),
                }
            )
        );
    }

    [Test]
    public void Every_option_is_read()
    {
        Assert.That(
            SandboxOptions.Parse(["--state=/a", "--dataplanes=16", "--latency=80", "--idle=5", "--detach"]),
            Is.EqualTo(
                new SandboxOptions
                {
                    State = Path.GetFullPath("/a"),
                    DataPlanes = 16,
                    Latency = TimeSpan.FromMilliseconds(80),
                    Idle = TimeSpan.FromSeconds(5),
                    Detach = true,
                }
            )
        );
    }

    [TestCase("--state=/a", "--dataplanes=65")]
    [TestCase("--state=/a", "--dataplanes=-1")]
    [TestCase("--state=/a", "--latency=1s")]
    [TestCase("--state=/a", "--verbose")]
    [TestCase("--state=")]
    [TestCase("--dataplanes=1")]
    public void A_wrong_command_line_is_reported_with_the_usage(params string[] args)
    {
        Assert.That(() => SandboxOptions.Parse(args), Throws.TypeOf<FormatException>().With.Message.Contains("usage:"));
    }
}
