using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>Where the report of a run goes.</summary>
internal sealed class ReportTests : StageTests
{
    [Test]
    public async Task A_report_that_cannot_be_written_refuses_the_run_before_any_write()
    {
        var writes = await Bed.WritesAsync();

        var run = (await Bed.RunAsync("--report=/dev/null/report.json")).Expect(ExitCode.Refused);

        Assert.That(run.Output, Does.Contain("--report=/dev/null/report.json: It cannot be written: ").And.Contain("Refused before anything was changed:"));
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
    }

    [Test, Platform("Linux")]
    public async Task A_report_that_fails_in_the_end_is_reported_and_fails_the_run()
    {
        var run = (await Bed.RunAsync("--plan", "--report=/dev/full")).Expect(ExitCode.Failed);

        Assert.That(run.Output, Does.Contain("--report=/dev/full: It could not be written: No space left on device").And.Not.Contain("teardown"));
    }

    [Test]
    public async Task As_a_dash_it_stands_alone_on_standard_output()
    {
        var run = (await Bed.RunAsync("--plan", "--report=-")).Expect(0);

        Assert.That((string?)JsonNode.Parse(run.StandardOutput)?["target"], Is.EqualTo("AddDataPlane"));
        Assert.That(run.Output, Does.Contain("== CheckClusters"));
    }

    [Test]
    public async Task A_folder_that_cannot_be_filled_refuses_the_run_before_any_write()
    {
        Directory.CreateDirectory(Path.Combine(Bed.Folder, "artifacts"));
        Directory.Delete(Path.Combine(Bed.Folder, "artifacts"), recursive: true);
        await File.WriteAllTextAsync(Path.Combine(Bed.Folder, "artifacts"), "a file");
        try
        {
            var writes = await Bed.WritesAsync();

            var run = (await Bed.RunAsync()).Expect(ExitCode.Refused);

            Assert.That(run.Output, Does.Match("artifacts: It cannot be written: .*\\. Run in a checkout that you can write to, or in a copy of it\\."));
            Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        }
        finally
        {
            File.Delete(Path.Combine(Bed.Folder, "artifacts"));
        }
    }
}
