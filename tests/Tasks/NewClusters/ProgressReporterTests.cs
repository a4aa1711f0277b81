using Flyte.MultiCluster.Common.Tools.Aws;
using Flyte.MultiCluster.Common.Tools.Eksctl;
using Flyte.MultiCluster.Tasks.NewClusters;
using Flyte.MultiCluster.Tests.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.NewClusters;

/// <summary>Telling in between.</summary>
internal sealed class ProgressReporterTests
{
    [Test]
    public async Task Progress_is_reported_again_and_again_until_it_is_done()
    {
        var work = new TaskCompletionSource();
        var reported = new List<TimeSpan>();

        await ProgressReporter.ReportingAsync(
            work.Task,
            TimeSpan.FromMinutes(2),
            new InstantTime(),
            elapsed =>
            {
                reported.Add(elapsed);
                if (reported.Count == 3)
                    work.SetResult();
            }
        );

        Assert.That(reported.Take(3), Is.EqualTo(new[] { TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(6) }));
    }

    [Test]
    public async Task A_wait_is_reported_every_two_minutes_and_ends_after_forty()
    {
        var time = new InstantTime();
        using var run = new TestRun();

        var tooLong = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            new ProgressReporter(run.Context, "dp1", time).WaitAsync("EKS cluster c", static _ => Task.FromResult<string?>("CREATING"), default)
        );

        Assert.That(tooLong!.Message, Does.StartWith("EKS cluster c is CREATING after 40 min."));
        Assert.That(run.Lines, Has.Count.EqualTo(20).And.Some.EqualTo("[dp1] waiting for EKS cluster c: CREATING, for 38 min"));
        Assert.That(time.Pauses, Has.Count.EqualTo(160).And.All.EqualTo(TimeSpan.FromSeconds(15)));
    }

    [Test]
    public async Task A_network_that_is_away_for_a_moment_ends_no_wait()
    {
        using var run = new TestRun();
        var looks = 0;

        await new ProgressReporter(run.Context, "dp1", new InstantTime()).WaitAsync(
            "EKS cluster c",
            _ =>
                looks++ == 0 ? throw AwsException.From("eks describe-cluster", 255, ["Could not connect to the endpoint URL"]) : Task.FromResult<string?>(null),
            default
        );

        Assert.That(run.Lines.Single(), Does.Contain("not known (Unreachable)"));
    }

    [Test]
    public void An_eksctl_that_ends_by_the_same_Ctrl_C_is_an_interruption_and_what_goes_on_is_noted()
    {
        using var run = new TestRun();
        using var interrupted = new CancellationTokenSource();

        Assert.That(
            () =>
                new ProgressReporter(run.Context, "dp1", TimeProvider.System).RunAsync(
                    "EKS cluster c",
                    async (_, _) =>
                    {
                        await interrupted.CancelAsync();
                        throw new EksctlException("create cluster", 130, []);
                    },
                    interrupted.Token
                ),
            Throws.InstanceOf<OperationCanceledException>()
        );
        Assert.That(run.Context.Journal.Notes.Single(), Does.StartWith("dp1: eksctl was stopped while it created EKS cluster c; CloudFormation may continue"));
    }

    [Test]
    public void Work_that_fails_fails() =>
        Assert.That(
            () =>
                ProgressReporter.ReportingAsync(
                    Task.FromException(new InvalidOperationException("no")),
                    TimeSpan.FromMinutes(2),
                    TimeProvider.System,
                    static _ => { }
                ),
            Throws.InvalidOperationException
        );
}
