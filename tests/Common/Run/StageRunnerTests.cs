using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Run;

/// <summary>Stages: all data planes at once, and the control plane once.</summary>
internal sealed class StageRunnerTests
{
    [Test]
    public async Task A_data_plane_that_fails_is_left_out_of_later_stages_and_the_others_go_on()
    {
        using var run = new TestRun(dataPlanes: 3);
        await run.Context.ForEachDataPlaneAsync(
            "First",
            (plane, _) => plane.Name == "dp2" ? throw new InvalidOperationException("broken") : Task.FromResult(StageResult.Done)
        );
        var second = new List<string>();

        await run.Context.ForEachDataPlaneAsync(
            "Second",
            (plane, _) =>
            {
                lock (second)
                    second.Add(plane.Name);
                return Task.FromResult(StageResult.Done);
            }
        );

        Assert.That(second, Is.EquivalentTo(new[] { "dp1", "dp3" }));
        Assert.That((run.Context.Run.DataPlanes[1].FailedIn, run.Context.Run.DataPlanes[1].Failure), Is.EqualTo(("First", "broken")));
    }

    [Test]
    public async Task Every_end_is_noted()
    {
        using var run = new TestRun(dataPlanes: 4);

        await run.Context.ForEachDataPlaneAsync(
            "Some",
            (plane, _) =>
                plane.Name switch
                {
                    "dp1" => throw new IOException("broken"),
                    "dp2" => Task.FromResult(StageResult.Skipped("it is so")),
                    "dp3" => Task.FromResult(StageResult.Unknown("the token")),
                    _ => Task.FromResult(StageResult.Done),
                }
        );

        Assert.That(
            run.Context.Journal.Stages.Select(stage => (stage.Name, stage.Cluster, stage.Status, stage.Note)),
            Is.EquivalentTo(
                new[]
                {
                    ("Some", "dp1", StageStatus.Failed, "broken"),
                    ("Some", "dp2", StageStatus.Skipped, "it is so"),
                    ("Some", "dp3", StageStatus.Unknown, "the token"),
                    ("Some", (string?)"dp4", StageStatus.Done, (string?)null),
                }
            )
        );
    }

    [Test]
    public void An_interruption_ends_the_stage_and_fails_no_data_plane()
    {
        using var run = new TestRun();

        Assert.That(
            () =>
                run.Context.ForEachDataPlaneAsync(
                    "Some",
                    (_, token) =>
                    {
                        run.Interruption.Interrupt();
                        token.ThrowIfCancellationRequested();
                        return Task.FromResult(StageResult.Done);
                    }
                ),
            Throws.InstanceOf<OperationCanceledException>()
        );
        Assert.That((run.Plane.Failure, run.Outcome.Interrupted), Is.EqualTo(((string?)null, true)));
    }

    [Test]
    public async Task A_time_out_of_one_data_plane_is_its_failure_and_no_interruption()
    {
        using var run = new TestRun();

        await run.Context.ForEachDataPlaneAsync("Some", (_, _) => throw new TaskCanceledException("too slow"));

        Assert.That(run.Plane.Failure, Is.EqualTo("too slow"));
    }

    [Test]
    public async Task No_more_data_planes_than_asked_for_are_worked_on_at_once()
    {
        using var run = new TestRun(new RunOptions { Parallelism = 2 }, dataPlanes: 8);
        var (now, most) = (0, 0);

        await run.Context.ForEachDataPlaneAsync(
            "Some",
            async (_, _) =>
            {
                var running = Interlocked.Increment(ref now);
                InterlockedMax(ref most, running);
                await Task.Yield();
                Interlocked.Decrement(ref now);
                return StageResult.Done;
            }
        );

        Assert.That(most, Is.InRange(1, 2));
    }

    [Test]
    public async Task All_data_planes_are_worked_on_at_once_where_that_is_allowed()
    {
        using var run = new TestRun(dataPlanes: 4);
        using var all = new CountdownEvent(4);

        await run.Context.ForEachDataPlaneAsync(
            "Some",
            async (_, token) =>
            {
                all.Signal();
                await Task.Run(() => all.Wait(token), token);
                return StageResult.Done;
            }
        );

        Assert.That(run.Context.Run.Active.Count(), Is.EqualTo(4));
    }

    [Test]
    public async Task The_control_plane_is_left_alone_where_no_data_plane_is_left()
    {
        using var run = new TestRun();
        run.Plane.Fail("First", "broken");

        await run.Context.ForControlPlaneAsync("Upgrade", (_, _) => throw new InvalidOperationException("touched"));

        Assert.That(run.Context.Journal.Stages.Single().Status, Is.EqualTo(StageStatus.Skipped));
    }

    [Test]
    public async Task A_control_plane_that_fails_ends_the_run()
    {
        using var run = new TestRun();

        await Assert.ThrowsAsync<IOException>(() => run.Context.ForControlPlaneAsync("Upgrade", (_, _) => throw new IOException("broken")));
        Assert.That((run.Control.FailedIn, run.Control.Failure), Is.EqualTo(("Upgrade", "broken")));
    }

    [Test]
    public async Task A_refusal_is_no_failure_of_the_control_plane()
    {
        using var run = new TestRun();

        await Assert.ThrowsAsync<RefusedException>(() =>
            run.Context.ForControlPlaneAsync("Check", (_, _) => throw new RefusedException([new Problem("a", "b", "c")]))
        );
        Assert.That(run.Control.Failure, Is.Null);
    }

    [Test]
    public async Task A_refusal_within_a_data_planes_stage_reports_each_of_its_problems()
    {
        using var run = new TestRun();

        await run.Context.ForEachDataPlaneAsync(
            "Install",
            (_, _) => throw new RefusedException([new Problem("role", "It is gone.", "Make it."), new Problem("eksctl", "It is missing.", "Install it.")])
        );

        const string reported = "role: It is gone. Make it. eksctl: It is missing. Install it.";
        Assert.That((run.Plane.Failure, run.Context.Journal.Stages.Single().Note), Is.EqualTo((reported, reported)));
        Assert.That(run.Lines, Has.Some.Contains(reported));
    }

    [Test]
    public void The_first_failure_of_a_cluster_is_kept()
    {
        using var run = new TestRun();
        run.Plane.Fail("First", "one");
        run.Plane.Fail("Second", "two");

        Assert.That((run.Plane.FailedIn, run.Plane.Failure), Is.EqualTo(("First", "one")));
    }

    [Test]
    public void A_chart_that_was_not_fetched_is_reported()
    {
        using var run = new TestRun();

        Assert.That(() => run.Context.Run.Chart, Throws.InvalidOperationException.With.Message.Contains("FetchChart"));
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, seen) != seen) { }
    }
}
