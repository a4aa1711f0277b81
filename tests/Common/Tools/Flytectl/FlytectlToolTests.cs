using Cake.Core;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Tools.Flytectl;
using Flyte.MultiCluster.Tests.Common.Changes;
using Flyte.MultiCluster.Tests.Common.Processes;
using Flyte.MultiCluster.Tests.Common.Values;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Tools.Flytectl;

/// <summary>The command line that flytectl gets, what becomes of its answers, and the files that it reads.</summary>
internal sealed class FlytectlToolTests
{
    [Test]
    public async Task A_label_is_updated_without_a_question()
    {
        var runner = new RecordingRunner { Output = ["The following changes are to be applied.", "Updated attributes from team1 project"] };

        Assert.That((await UpdateAsync(runner), runner.Line), Is.EqualTo((true, """update execution-cluster-label --attrFile "/to here/ecl.yaml" --force""")));
    }

    [Test]
    public async Task The_configuration_file_is_passed_on()
    {
        var runner = new RecordingRunner();

        await UpdateAsync(runner, "/my flyte/config.yaml");

        Assert.That(
            runner.Line,
            Is.EqualTo("""update execution-cluster-label --attrFile "/to here/ecl.yaml" --force --config "/my flyte/config.yaml" """.TrimEnd())
        );
    }

    [Test]
    public async Task A_label_that_flytectl_skipped_is_known() =>
        Assert.That(await UpdateAsync(new RecordingRunner { Output = ["No changes detected. Skipping the update."] }), Is.False);

    [Test]
    public void A_flytectl_that_fails_is_reported_in_its_words_without_its_usage() =>
        Assert.That(
            () =>
                UpdateAsync(
                    new RecordingRunner
                    {
                        ExitCode = 1,
                        Errors =
                        [
                            "warning",
                            "Error: update failed: rpc error:",
                            "  code = NotFound",
                            "Usage:",
                            "  flytectl update",
                            """{"json":{},"level":"error"}""",
                        ],
                    }
                ),
            Throws
                .TypeOf<FlytectlException>()
                .With.Message.EqualTo("flytectl update execution-cluster-label failed (exit code 1): Error: update failed: rpc error: code = NotFound")
        );

    [Test]
    public void A_flytectl_that_fails_silently_is_reported() =>
        Assert.That(
            () => UpdateAsync(new RecordingRunner { ExitCode = 2 }),
            Throws.TypeOf<FlytectlException>().With.Message.EndsWith("(exit code 2): it printed nothing.")
        );

    [Test]
    public void A_flytectl_that_is_missing_is_reported() =>
        Assert.That(
            () => UpdateAsync(new RecordingRunner(installed: false)),
            Throws.TypeOf<CakeException>().With.Message.Contains("flytectl: Could not locate executable")
        );

    [Test]
    public void A_permit_is_needed()
    {
        var runner = new RecordingRunner();

        Assert.That(() => Runner(runner).UpdateAsync(null!, new FlytectlLabelSettings { AttributeFile = "x" }, default), Throws.ArgumentNullException);
        Assert.That(runner.Started, Is.Null);
    }

    [TestCase("team1", null, null, "project: \"team1\"\nvalue: \"label1\"\n")]
    [TestCase("team1", "dev", null, "project: \"team1\"\ndomain: \"dev\"\nvalue: \"label1\"\n")]
    [TestCase("on", "dev", "a.\"b\"", "project: \"on\"\ndomain: \"dev\"\nworkflow: \"a.\\u0022b\\u0022\"\nvalue: \"label1\"\n")]
    public async Task An_attribute_file_holds_nothing_but_what_flytectl_reads(string project, string? domain, string? workflow, string expected)
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "new", "ecl.yaml");

        await AttributeFile.WriteAsync(path, new LabelScope(project, domain, workflow), "label1", default);

        Assert.That(await File.ReadAllTextAsync(path), Is.EqualTo(expected));
    }

    private static async Task<bool> UpdateAsync(RecordingRunner runner, string? config = null) =>
        await Runner(runner).UpdateAsync(await Permits.GetAsync(), new FlytectlLabelSettings { AttributeFile = "/to here/ecl.yaml", Config = config }, default);

    private static FlytectlLabelRunner Runner(RecordingRunner runner) => new(runner.FileSystem, runner.Environment, runner.Processes, runner.Tools);
}
