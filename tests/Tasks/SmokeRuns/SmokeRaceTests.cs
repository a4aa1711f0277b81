using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Tests.Tasks.ExecutionLabels;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.SmokeRuns;

/// <summary>Two joins of one configuration at the very same moment: both take the same names, and neither aborts what the other started.</summary>
internal sealed class SmokeRaceTests
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
    public async Task What_another_run_starts_at_the_very_same_moment_is_followed_and_its_result_taken()
    {
        RaceFor(ExecutionPhase.Succeeded);

        Assert.That(await _bed.RunAsync(), Is.Null);

        Assert.That(
            _bed.Results.Select(result => (result.Cluster, result.Phase, result.Failure)),
            Is.EqualTo(new[] { ("dp1", ExecutionPhase.Succeeded, (string?)null) })
        );
        Assert.That(_bed.Last.Lines, Has.One.Contains("another run started it at the same time: watching it"));
    }

    [Test]
    public async Task What_another_run_starts_at_the_very_same_moment_is_not_aborted_at_an_interruption()
    {
        RaceFor(ExecutionPhase.Running, () => _bed.Last.Interruption.Interrupt());

        Assert.That(await _bed.RunAsync(), Is.InstanceOf<OperationCanceledException>());

        Assert.That(_bed.Admin.Writes, Has.None.StartWith("ABORT"));
        Assert.That(_bed.Last.Lines, Has.One.Contains("Another run started it, so it is left running."));
    }

    [Test]
    public async Task What_another_run_starts_at_the_very_same_moment_is_not_aborted_when_it_fails()
    {
        RaceFor(ExecutionPhase.Queued);

        await _bed.RunAsync();

        Assert.That(_bed.Failures.Single(), Does.Contain("does not report back").And.Contain("Another run started it, so it is left running."));
        Assert.That(_bed.Admin.Writes, Has.None.StartWith("ABORT"));
    }

    [Test]
    public async Task Whose_it_is_when_no_answer_came_is_not_known_and_it_is_not_aborted([Values] bool isJoin)
    {
        _bed.IsJoin = isJoin;
        _bed.Admin.Before = call => _ = call.StartsWith("POST", StringComparison.Ordinal) ? throw InMemoryFlyteAdmin.Unreachable : call;

        await _bed.RunAsync();

        Assert.That(
            _bed.Admin.Calls.Count(call => call.StartsWith("ABORT", StringComparison.Ordinal)),
            Is.EqualTo(isJoin ? 0 : 1),
            "Of a name that nothing else has, it is this run's."
        );
        Assert.That(
            _bed.Failures.Single(),
            isJoin ? Does.Contain("Whether this run or another one started it is not known, so it is left running.") : Does.Not.Contain("left running")
        );
    }

    // Between this run's look and its request another one's execution of the same name comes up.
    private void RaceFor(ExecutionPhase phase, Action? seen = null)
    {
        _bed.Admin.Before = call =>
        {
            if (call.StartsWith("POST", StringComparison.Ordinal) && call.Split(' ')[1].Split('/') is [var project, var domain, var name])
                _bed.Admin.Executions[new ExecutionId(project, domain, name)] = new Execution(new ExecutionId(project, domain, name), phase, "dp1", null, null);
            else if (call.StartsWith("GET team1", StringComparison.Ordinal) && !_bed.Admin.Executions.IsEmpty)
                seen?.Invoke();
        };
    }
}
