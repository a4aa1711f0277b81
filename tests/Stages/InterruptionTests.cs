using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>Ctrl+C and SIGTERM while a data plane's pods are awaited.</summary>
internal sealed class InterruptionTests : StageTests
{
    [TestCase("INT")]
    [TestCase("TERM")]
    public async Task It_says_what_was_done_and_how_to_go_on_and_leaves_nothing_behind(string signal)
    {
        await Bed.FaultAsync("""{"cluster": "dataplane1", "kind": "podsNeverReady"}""");
        using var program = Bed.Start([]);
        await program.UntilPrintedAsync(line => line.StartsWith("[dataplane_1] Deployment flytepropeller:", StringComparison.Ordinal));

        var ended = await program.SignalAsync(signal);

        Assert.Multiple(() =>
        {
            Assert.That(ended.ExitCode, Is.EqualTo(ExitCode.Interrupted), ended.Output);
            Assert.That(
                ended.Output,
                Does.Contain("Interrupted: 4 changes made")
                    .And.Contain("[dataplane_1] create HelmRelease flyte/flyte-core-data")
                    .And.Match("Next: .*--target=AddDataPlane .*continues where this run stopped")
            );
            Assert.That(program.Descendants(), Is.Empty);
            Assert.That(Directory.GetFileSystemEntries(Bed.Temporary, "fmc-*"), Is.Empty);
            Assert.That((int?)ended.Report["exitCode"], Is.EqualTo(ExitCode.Interrupted));
            Assert.That(ended.Outcome("dataplane_1"), Is.EqualTo("unfinished"));
        });
    }

    [Test]
    public async Task In_the_middle_of_helm_the_release_is_left_so_that_the_next_run_goes_on()
    {
        await Bed.FaultAsync("""{"cluster": "dataplane1", "method": "POST", "path": "/deployments", "kind": "delay", "delayMs": 10000, "count": 1}""");
        using var program = Bed.Start(["--cluster=dataplane_1"]);
        await program.UntilPrintedAsync(line => line.StartsWith("[dataplane_1] create HelmRelease", StringComparison.Ordinal));
        await Until(async () => (await DataPlane(1).ReleaseAsync("flyte-core-data")) is not null);

        var ended = await program.SignalAsync("INT");

        Assert.That(ended.ExitCode, Is.EqualTo(ExitCode.Interrupted), ended.Output);
        Assert.That(ended.Output, Does.Contain("[dataplane_1] begun and interrupted: create HelmRelease flyte/flyte-core-data"));
        Assert.That(program.Descendants(), Is.Empty);
        (await Bed.RunAsync()).Expect(0);
    }

    private static async Task Until(Func<Task<bool>> isSo)
    {
        while (!await isSo())
            await Task.Delay(20);
    }
}
