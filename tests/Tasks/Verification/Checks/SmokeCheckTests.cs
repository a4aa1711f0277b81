using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.Verification;
using Flyte.MultiCluster.Tasks.Verification.Checks;
using Flyte.MultiCluster.Tests.Tasks.ExecutionLabels;
using Flyte.MultiCluster.Tests.Tasks.SmokeRuns;
using NSubstitute;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.Verification.Checks;

/// <summary>The smoke run as a check reports what it did not prove, too.</summary>
internal sealed class SmokeCheckTests
{
    private SmokeBed _bed = null!;

    [SetUp]
    public void Begin() => _bed = new SmokeBed();

    [TearDown]
    public void End() => _bed.Dispose();

    [Test]
    public async Task Labels_that_are_proven_are_ok() =>
        Assert.That(
            (await CheckAsync()).Select(result => (result.Check, result.Status)),
            Is.EqualTo(new[] { ("smoke", CheckStatus.Ok), ("smoke", CheckStatus.Ok) })
        );

    [Test]
    public async Task A_label_that_is_left_out_is_a_warning()
    {
        Disable("dp2");

        var results = await CheckAsync();

        Assert.That(results.Select(result => result.Status), Is.EqualTo(new[] { CheckStatus.Ok, CheckStatus.Warning }));
        Assert.That(results[1].Found, Is.EqualTo("The smoke run leaves label label2 out: none of its clusters is enabled and joined."));
        Assert.That(results[1].Remedy, Is.EqualTo("To have it proven, enable one in the fleet and run AddDataPlane."));
    }

    [Test]
    public async Task A_cluster_that_no_execution_ran_on_is_a_warning()
    {
        _bed.Fleet = _bed.Fleet with { Labels = [new ClusterLabel("both", [new WeightedCluster("dp1", 0.5), new WeightedCluster("dp2", 0.5)])] };
        _bed.Configuration = Loaded.Map("both: [{id: dp1, weight: 0.5}, {id: dp2, weight: 0.5}]");
        _bed.Always(ExecutionPhase.Succeeded, "dp1");

        var results = await CheckAsync();

        Assert.That(
            results.Where(result => result.Status != CheckStatus.Ok).Select(result => (result.Status, result.Found, result.Remedy)),
            Is.EqualTo(
                new[]
                {
                    (
                        CheckStatus.Warning,
                        "Smoke run, label both: none of 8 executions ran on dp2. With its weight of 0.5 the chance of that is 0.4%.",
                        "Run again, and investigate if it persists."
                    ),
                }
            )
        );
    }

    [Test]
    public async Task Nothing_to_prove_is_a_failure([Values] bool areLabelsLeftOut)
    {
        if (areLabelsLeftOut)
            Disable("dp1", "dp2");
        else
            _bed.Fleet = _bed.Fleet with { Labels = [] };

        var results = await CheckAsync();

        Assert.That(
            results.Select(result => result.Status),
            Is.EqualTo(areLabelsLeftOut ? [CheckStatus.Warning, CheckStatus.Warning, CheckStatus.Failed] : new[] { CheckStatus.Failed })
        );
        Assert.That(results[^1].Found, Does.StartWith("Nothing was proven"));
    }

    [Test]
    public async Task A_plan_proves_nothing_and_says_so()
    {
        _bed.Options = new RunOptions { Plan = true };

        Assert.That((await CheckAsync()).Single() is { Status: CheckStatus.Failed, Found: "Nothing was proven: with --plan no execution is started." });
    }

    [Test]
    public async Task Behind_a_check_that_failed_it_is_skipped(
        [Values(CheckNames.Reachable, CheckNames.Configuration, CheckNames.Credential, CheckNames.FlyteAdmin)] string blocker
    )
    {
        var result = (await CheckAsync((blocker, CheckStatus.Failed))).Single(result => result.Check == CheckNames.Smoke);

        Assert.That((result.Status, result.Found), Is.EqualTo((CheckStatus.Skipped, $"blocked by {blocker}")));
        Assert.That(_bed.Admin.Requests, Is.Empty);
    }

    [Test]
    public async Task Behind_a_check_that_another_ones_failure_skipped_it_is_skipped() =>
        Assert.That(
            (await CheckAsync((CheckNames.SecretKeys, CheckStatus.Failed), (CheckNames.Credential, CheckStatus.Skipped)))[^1].Status,
            Is.EqualTo(CheckStatus.Skipped)
        );

    [Test]
    public async Task Behind_a_check_that_was_skipped_without_any_failure_it_fails_itself()
    {
        var result = (await CheckAsync((CheckNames.CaExpiry, CheckStatus.Warning), (CheckNames.Credential, CheckStatus.Skipped)))[^1];

        Assert.That((result.Status, result.Found), Is.EqualTo((CheckStatus.Failed, "No execution was started: credential has no result for every cluster.")));
        Assert.That(result.Remedy, Is.Not.Empty);
    }

    private void Disable(params string[] planes) =>
        _bed.Fleet = _bed.Fleet with { DataPlanes = [.. _bed.Fleet.DataPlanes.Select(plane => plane with { Enabled = !planes.Contains(plane.Name) })] };

    private async Task<IReadOnlyList<CheckResult>> CheckAsync(params (string Name, CheckStatus Status)[] others)
    {
        var run = _bed.Next();
        return (
            await VerifyRunner.RunAsync(
                run.Context,
                run.Get<VerifyTools>(),
                [.. others.Select(other => Stub(other.Name, other.Status)), new SmokeCheck()],
                default
            )
        ).Results;
    }

    private static ICheck<VerifyContext> Stub(string name, CheckStatus status)
    {
        var check = Substitute.For<ICheck<VerifyContext>>();
        check.Name.Returns(name);
        check.RunAsync(Arg.Any<VerifyContext>(), Arg.Any<CancellationToken>()).Returns([new CheckResult(name, null, status, "as it is", null, TimeSpan.Zero)]);
        return check;
    }
}
