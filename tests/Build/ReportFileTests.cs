using System.Diagnostics;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Tests.Common.Values;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Build;

/// <summary>Where <c>--report</c> goes, tried before anything is changed.</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), Platform(Exclude = "Win", Reason = "Devices and named pipes.")]
internal sealed class ReportFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _output = new();

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
    }

    [TestCase("-")]
    [TestCase("/dev/stdout")]
    [TestCase("/dev/fd/1")]
    [TestCase("/proc/self/fd/1")]
    public void A_dash_and_the_systems_names_of_it_are_standard_output(string path)
    {
        Try(path).Write("{}");

        Assert.That(_output.ToString(), Is.EqualTo("{}"));
    }

    [Test]
    public void A_file_that_is_there_stays_as_it_is_until_the_report_is_written()
    {
        var path = At("report.json");
        File.WriteAllText(path, "before");
        var report = Try(path);
        Assert.That(File.ReadAllText(path), Is.EqualTo("before"));

        report.Write("after");

        Assert.That(File.ReadAllText(path), Is.EqualTo("after"));
        Assert.That(Directory.GetFileSystemEntries(_folder.Path), Is.EqualTo(new[] { path }));
    }

    [Test]
    public void A_folder_that_is_missing_is_made()
    {
        Try(At("new/report.json")).Write("{}");

        Assert.That(File.ReadAllText(At("new/report.json")), Is.EqualTo("{}"));
    }

    [Test]
    public void What_a_symbolic_link_points_to_is_written_and_the_link_stays()
    {
        File.CreateSymbolicLink(At("link"), At("report.json"));
        File.WriteAllText(At("report.json"), "before");

        Try(At("link")).Write("after");

        Assert.That(File.ReadAllText(At("report.json")), Is.EqualTo("after"));
        Assert.That(new FileInfo(At("link")).LinkTarget, Is.EqualTo(At("report.json")));
    }

    [Test]
    public void A_folder_is_refused() =>
        Assert.That(Refusal(_folder.Path), Is.EqualTo($"--report={_folder.Path}: It is a folder. Name a file that you can write, or - for standard output."));

    [Test]
    public void A_place_where_no_file_can_be_is_refused()
    {
        File.WriteAllText(At("file"), "x");

        Assert.That(
            Refusal(At("file/report.json")),
            Does.StartWith($"--report={At("file/report.json")}: It cannot be written: ")
                .And.EndsWith(". Name a file that you can write, or - for standard output.")
        );
    }

    [Test, CancelAfter(60_000)]
    public void A_device_is_written_and_stays_a_device()
    {
        Try("/dev/null").Write("{}");

        Assert.That(() => Try("/dev/null").Write("{}"), Throws.Nothing);
        Assert.That(new FileInfo("/dev/null").Length, Is.Zero);
    }

    [Test, Platform("Linux")]
    public void A_device_that_is_full_is_not_read_back() => Assert.That(() => Try("/dev/full").Write("{}"), Throws.InstanceOf<IOException>());

    [Test, CancelAfter(60_000)]
    public async Task A_named_pipe_is_not_waited_for_and_gets_the_report()
    {
        using (var mkfifo = Process.Start("mkfifo", [At("pipe")]))
            await mkfifo.WaitForExitAsync();
        var report = Try(At("pipe"));
        using var reader = Process.Start(new ProcessStartInfo("cat", [At("pipe")]) { RedirectStandardOutput = true, UseShellExecute = false })!;

        report.Write("{}");

        Assert.That(await reader.StandardOutput.ReadToEndAsync(), Is.EqualTo("{}"));
    }

    private string At(string name) => Path.Combine(_folder.Path, name);

    private ReportFile Try(string path) => ReportFile.Try(path, _output);

    private string Refusal(string path) => Assert.Throws<RefusedException>(() => Try(path))!.Problems.Single().ToString();
}
