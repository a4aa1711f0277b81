using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Tests.Tasks.ExecutionLabels;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.SmokeRuns;

/// <summary>The likely cause of a wrong placement is named, also where chance would hide it.</summary>
internal sealed class SmokeDiagnosisTests
{
    private SmokeBed _bed = null!;

    [SetUp]
    public void Begin()
    {
        _bed = new SmokeBed();
        _bed.Always(ExecutionPhase.Succeeded, "dp1");
    }

    [TearDown]
    public void End() => _bed.Dispose();

    [Test]
    public async Task A_row_with_a_typo_put_in_by_hand()
    {
        _bed.Rows("team1/development=label1");
        _bed.List(SmokeBed.Smoke());
        _bed.Admin.With("team1/development", "lable1");

        await _bed.RunAsync();

        Assert.That(
            _bed.Failures,
            Is.EqualTo(
                new[]
                {
                    "label1: No execution was started: it could land elsewhere. FlyteAdmin's label for team1/development is lable1, the fleet's is "
                        + "label1. No labelClusterMap has the label lable1: its executions run on any enabled cluster, at random (dp1, dp2). Run "
                        + "--target=UpdateExecutionClusterLabels.",
                }
            )
        );
        Assert.That(_bed.Admin.Requests, Is.Empty);
    }

    [Test]
    public async Task A_row_that_no_execution_goes_by()
    {
        _bed.Rows("team2/production=label2");
        _bed.List(SmokeBed.Smoke("label1"));
        _bed.Admin.Labels.Clear();

        await _bed.RunAsync();

        Assert.That(
            _bed.Failures,
            Is.EqualTo(new[] { "label2: FlyteAdmin has no label for team2/production, the fleet says label2. Run --target=UpdateExecutionClusterLabels." })
        );
    }

    [Test]
    public async Task Another_row_that_rules()
    {
        _bed.Rows("team1/development=label1");
        _bed.Admin.With("team1/development/wf", "label2");

        await _bed.RunAsync();

        Assert.That(
            _bed.Failures.First(),
            Does.Contain(
                "Another row takes precedence: FlyteAdmin's label for team1/development/wf is label2, not label1. Add team1/development/wf with its "
                    + "label to the fleet's executionLabels, or delete the row: flytectl delete execution-cluster-label -p team1 -d development wf."
            )
        );
    }

    [TestCase("team1", "team1/development")]
    [TestCase("team1/development", "team1")]
    public async Task Nobody_is_asked_to_delete_a_row_that_takes_others_along(string fleets, string row)
    {
        _bed.Rows($"{fleets}=label1");
        _bed.Admin.Labels.Clear();
        _bed.Admin.With(row, "label2");

        await _bed.RunAsync();

        Assert.That(
            _bed.Failures.First(),
            Does.Contain($"Another row takes precedence: FlyteAdmin's label for {row} is label2")
                .And.Contain($"Add {row} with its label to the fleet's executionLabels.")
                .And.Not.Contain("delete")
        );
    }

    [Test]
    public async Task A_label_whose_cluster_is_disabled_and_the_default_label()
    {
        _bed.List(SmokeBed.Smoke("label2"));
        _bed.Configuration = Loaded.Map("label1: [{id: dp1, weight: 1}], label2: [{id: dp2, weight: 1}]", disabled: "dp2", defaultLabel: "label1");

        await _bed.RunAsync();

        Assert.That(
            _bed.Failures.Single(),
            Does.Contain(
                "No cluster of label label2 is enabled in what flyteadmin has loaded: its executions run on the clusters of the default label label1 (dp1)."
            )
        );
    }

    [Test]
    public async Task A_label_that_flyteadmin_has_not_loaded()
    {
        _bed.IsJoin = true;
        _bed.List(SmokeBed.Smoke("label2"));
        _bed.Configuration = Loaded.Map("label1: [{id: dp1, weight: 1}]");

        await _bed.RunAsync();

        Assert.That(
            _bed.Failures.Single(),
            Does.Contain("flyteadmin has not loaded the label label2: its executions run on any enabled cluster, at random (dp1, dp2). Run AddDataPlane")
        );
    }

    [Test]
    public async Task A_label_that_leads_elsewhere_in_what_flyteadmin_has_loaded()
    {
        _bed.List(SmokeBed.Smoke("label2"));
        _bed.Configuration = Loaded.Map("label1: [{id: dp1, weight: 1}], label2: [{id: dp1, weight: 1}]");

        await _bed.RunAsync();

        Assert.That(_bed.Failures.Single(), Does.Contain("flyteadmin has loaded dp1 for label label2, the fleet says dp2."));
    }
}
