using Cake.Core.Diagnostics;
using Flyte.MultiCluster.Build;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Build;

/// <summary>The program's log.</summary>
internal sealed class ProgramLogTests
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    private ProgramLog Log(bool colours = false) => new(_output, _error, colours);

    [SetUp]
    public void Forget()
    {
        _output.GetStringBuilder().Clear();
        _error.GetStringBuilder().Clear();
    }

    [OneTimeTearDown]
    public void Close()
    {
        _output.Dispose();
        _error.Dispose();
    }

    [Test]
    public void Information_goes_to_standard_output_plain()
    {
        Log(colours: true).Information("{0} of {1}", 1, "two");

        Assert.That((_output.ToString(), _error.ToString()), Is.EqualTo(($"1 of two{Environment.NewLine}", string.Empty)));
    }

    [Test]
    public void Warnings_and_errors_go_to_standard_error()
    {
        Log().Warning("careful");
        Log().Error("wrong");

        Assert.That((_output.ToString(), _error.ToString()), Is.EqualTo((string.Empty, $"careful{Environment.NewLine}wrong{Environment.NewLine}")));
    }

    [Test]
    public void A_terminal_shows_errors_in_colour()
    {
        Log(colours: true).Error("wrong");

        Assert.That(_error.ToString(), Is.EqualTo($"\e[31mwrong\e[0m{Environment.NewLine}"));
    }

    [Test]
    public void What_is_beyond_the_verbosity_is_not_reported()
    {
        var log = Log();

        log.Verbose("much");
        log.Information("little");

        Assert.That(_output.ToString().Trim(), Is.EqualTo("little"));
    }

    [Test]
    public void Braces_without_arguments_are_text()
    {
        Log().Information("{json}");

        Assert.That(_output.ToString(), Does.StartWith("{json}"));
    }

    [TestCase("An error occurred when executing task '{0}'.", false)]
    [TestCase("Error: {0}", true)]
    public void Cake_does_not_say_again_what_the_summary_has_said(string format, bool isReported)
    {
        using var error = new StringWriter();
        var log = new ProgramLog(TextWriter.Null, error, colours: false, () => isReported);

        log.Write(Verbosity.Normal, LogLevel.Error, format, "x");
        log.Write(Verbosity.Normal, LogLevel.Error, "{0}", "something else");

        Assert.That(error.ToString().Trim(), Is.EqualTo("something else"));
    }

    [Test]
    public void A_failure_that_no_summary_reports_is_reported_by_Cake()
    {
        using var error = new StringWriter();

        new ProgramLog(TextWriter.Null, error, colours: false, () => false).Write(Verbosity.Normal, LogLevel.Error, "Error: {0}", "x");

        Assert.That(error.ToString().Trim(), Is.EqualTo("Error: x"));
    }
}
