using System.Diagnostics;
using System.Globalization;
using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Flyte.MultiCluster.Common.Processes;
using NSubstitute;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Processes;

/// <summary>What <c>--verbosity=diagnostic</c> prints of child processes.</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), Platform(Exclude = "Win")]
internal sealed class CommandLineLogTests
{
    private readonly List<string> _lines = [];
    private readonly ChildProcessRunner _processes;

    public CommandLineLogTests()
    {
        var log = Substitute.For<ICakeLog>();
        log.When(to => to.Write(Verbosity.Diagnostic, LogLevel.Debug, Arg.Any<string>(), Arg.Any<object[]>()))
            .Do(call => _lines.Add(string.Format(CultureInfo.InvariantCulture, call.ArgAt<string>(2), call.ArgAt<object[]>(3))));
        _processes = new ChildProcessRunner(log);
    }

    [Test]
    public void A_tools_command_line_is_printed_on_one_line()
    {
        using var process = _processes.Start(
            "/bin/true",
            new ProcessSettings { Arguments = new ProcessArgumentBuilder().Append("upgrade").AppendEscaped("a b\nc {0}") }
        );
        process.WaitForExit();

        Assert.That(_lines, Is.EqualTo(new[] { "Runs: /bin/true upgrade \"a b c {0}\"" }));
    }

    [Test]
    public void A_tool_that_outlives_the_program_is_printed_without_the_shell_that_becomes_it()
    {
        using var process = _processes.Outliving.Start(
            "/bin/true",
            new ProcessSettings { Arguments = new ProcessArgumentBuilder().Append("upgrade").AppendSecret("hunter2") }
        );
        process.WaitForExit();

        Assert.That(_lines, Is.EqualTo(new[] { "Runs: /bin/true upgrade [REDACTED]" }));
    }

    [Test]
    public void Any_other_process_is_printed_too_and_one_that_a_child_starts()
    {
        using var process = _processes.Start(new ProcessStartInfo("/bin/true") { ArgumentList = { "proxy", "--context=a" } });
        process.WaitForExit();
        _processes.CountOne("kubectl", "proxy");

        Assert.That(_lines, Is.EqualTo(new[] { "Runs: /bin/true proxy --context=a", "Runs: kubectl proxy" }));
    }

    [TestCase("--token=hunter2 x")]
    [TestCase("--token hunter2 x")]
    [TestCase("--client-secret=hunter2 x")]
    [TestCase("\"--password\" \"hunter2\" x")]
    [TestCase("--password=\"hunter2\" x")]
    [TestCase("-apikey hunter2 x")]
    public void The_values_of_options_that_are_secret_by_their_name_are_masked(string arguments)
    {
        using var process = _processes.Start(new ProcessStartInfo("/bin/true", arguments));
        process.WaitForExit();

        Assert.That(_lines.Single(), Does.Contain("[REDACTED]").And.Not.Contain("hunter2").And.Match("x$"));
    }

    [Test]
    public void What_is_secret_to_Cake_is_masked()
    {
        using var process = _processes.Start("/bin/true", new ProcessSettings { Arguments = new ProcessArgumentBuilder().AppendSecret("hunter2") });
        process.WaitForExit();

        Assert.That(_lines, Is.EqualTo(new[] { "Runs: /bin/true [REDACTED]" }));
    }
}
