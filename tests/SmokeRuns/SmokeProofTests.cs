using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.FlyteAdmin;
using Flyte.MultiCluster.Runs;
using Flyte.MultiCluster.Tests.ExecutionLabels;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.SmokeRuns;

/// <summary>Within a join, what an earlier execution has proven is proven.</summary>
internal sealed class SmokeProofTests
{
    private SmokeBed _bed = null!;

    [SetUp]
    public void Begin()
    {
        _bed = new SmokeBed { IsJoin = true };
        _bed.List(SmokeBed.Smoke("label1"));
    }

    [TearDown]
    public void End() => _bed.Dispose();

    [Test]
    public async Task A_second_run_starts_nothing_and_tells_the_proof()
    {
        await _bed.RunAsync();
        await _bed.RunAsync();

        Assert.That(_bed.Admin.Requests, Has.Count.EqualTo(1));
        Assert.That(_bed.Last.Context.Gate.Changes, Is.Empty);
        Assert.That(_bed.Last.Lines, Has.Some.Contain($"{_bed.Admin.Requests.Single().Id} has proven it, on dp1"));
        Assert.That(_bed.Last.Context.Journal.Stages.Single() is { Status: StageStatus.Skipped, Note: "1 earlier executions have proven this very configuration" });
    }

    [Test]
    public async Task By_itself_the_target_starts_new_ones_every_time()
    {
        _bed.IsJoin = false;

        await _bed.RunAsync();
        await _bed.RunAsync();

        Assert.That(_bed.Admin.Requests.Select(request => request.Id).Distinct().Count(), Is.EqualTo(2));
    }

    [Test]
    public async Task One_that_still_runs_is_followed_and_not_started_again()
    {
        _bed.Admin.Happens = (_, _) => throw new IOException("killed");
        _bed.Admin.Before = call => _ = call.StartsWith("ABORT", StringComparison.Ordinal) ? throw InMemoryFlyteAdmin.Unreachable : call;
        await _bed.RunAsync();
        var looks = 0;
        _bed.Admin.Happens = (request, _) => _bed.Place(request, ++looks);

        Assert.That(await _bed.RunAsync(), Is.Null);

        Assert.That(_bed.Admin.Requests, Has.Count.EqualTo(1));
        Assert.That(_bed.Last.Lines, Has.Some.Contain("an earlier run started it: following it"));
    }

    [TestCase(ExecutionPhase.Failed, "dp1")]
    [TestCase(ExecutionPhase.Aborted, "dp1")]
    [TestCase(ExecutionPhase.Succeeded, "dp2")]
    public async Task After_one_that_proves_nothing_comes_the_next(ExecutionPhase phase, string cluster)
    {
        _bed.Always(phase, cluster);
        await _bed.RunAsync();
        _bed.Admin.Happens = _bed.Place;

        Assert.That(await _bed.RunAsync(), Is.Null);

        Assert.That(_bed.Admin.Requests.Select(request => request.Id.Name[^1]), Is.EqualTo(new[] { '0', '1' }));
    }

    [Test]
    public async Task Another_configuration_is_proven_anew([Values("version", "endpoint")] string what)
    {
        await _bed.RunAsync();
        if (what == "version")
            _bed.Admin.LaunchPlans.Add(_bed.Admin.LaunchPlans[0] with { Version = "v2" });
        else
            _bed.Configuration = _bed.Configuration.Replace("dp1.example.com", "dp1.example.org", StringComparison.Ordinal);

        await _bed.RunAsync();

        Assert.That(_bed.Admin.Requests.Select(request => request.Id).Distinct().Count(), Is.EqualTo(2));
    }

    [Test]
    public async Task A_plan_tells_only_what_is_not_proven()
    {
        await _bed.RunAsync();
        _bed.List(SmokeBed.Smoke("label1"), SmokeBed.Smoke("label2"));
        _bed.Options = new RunOptions { Plan = true };

        Assert.That(await _bed.RunAsync(), Is.Null);

        Assert.That(_bed.Last.Context.Gate.Changes.Single().Detail, Is.EqualTo("smoke v1, label label2"));
        Assert.That(_bed.Admin.Requests, Has.Count.EqualTo(1));
    }
}
