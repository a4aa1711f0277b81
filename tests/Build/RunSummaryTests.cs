using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Tests.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Build;

/// <summary>What a run says at its end.</summary>
internal sealed class RunSummaryTests
{
    private static readonly Change Release = new("dp1", "HelmRelease", "flyte", "flyte-core-data", ChangeAction.Create);

    [Test]
    public void It_counts_the_data_planes_that_are_done_and_those_that_failed()
    {
        using var run = new TestRun(dataPlanes: 2);
        run.Context.Run.DataPlanes[1].Fail("InstallDataPlane", "broken");

        RunSummary.Print(run.Context, successful: true, TimeSpan.FromSeconds(1), childProcesses: 0);

        Assert.That(run.Lines, Has.One.EqualTo("1 of 2 data planes done, 1 failed: 0 changes in 1.0 s, 0 child processes."));
    }

    [Test]
    public void What_failed_is_the_last_thing_before_the_next_command()
    {
        using var run = new TestRun(dataPlanes: 2);
        run.Context.Run.DataPlanes[1].Fail("InstallDataPlane", "broken");
        run.Context.Journal.Add("a note");

        RunSummary.Print(run.Context, successful: true, TimeSpan.FromSeconds(1), childProcesses: 0);

        Assert.That(run.Lines.TakeLast(3).SkipLast(1), Is.EqualTo(new[] { "  a note", "  [dp2] failed in InstallDataPlane: broken" }));
        Assert.That(run.Lines[^1], Does.StartWith("Next: "));
    }

    [Test]
    public void A_run_that_failed_as_a_whole_says_so_last_as_well()
    {
        using var run = new TestRun();
        run.Outcome.Note(new InvalidOperationException("It broke."));
        run.Context.Journal.Add("a note");

        RunSummary.Print(run.Context, successful: false, TimeSpan.FromSeconds(1), childProcesses: 0);

        Assert.That(run.Lines.TakeLast(3).SkipLast(1), Is.EqualTo(new[] { "  a note", "  It broke." }));
    }

    [Test]
    public async Task An_interrupted_run_names_the_releases_that_were_begun()
    {
        using var run = new TestRun();
        var change = run.Context.Gate.PassAsync(Release, (_, token) => Task.Delay(Timeout.Infinite, token), run.Context.Cancellation);
        run.Interruption.Interrupt();
        await Task.WhenAny(change);

        RunSummary.Print(run.Context, successful: false, TimeSpan.FromSeconds(1), childProcesses: 0);

        Assert.That(run.Lines, Has.One.EqualTo("  [dp1] begun and interrupted: create HelmRelease flyte/flyte-core-data"));
    }
}
